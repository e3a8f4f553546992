// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerInfo;
import io.tracing.testing.NatsServer;

/**
 * What is in the stream.
 */
public final class StreamMessages {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private StreamMessages() {
	}

	/**
	 * Read all messages of the stream {@code TELEMETRY}.
	 * @param server the server
	 * @return the messages, in their order
	 */
	public static List<Message> of(NatsServer server) {
		return of(server, "TELEMETRY", "telemetry.>");
	}

	/**
	 * Read messages of a stream.
	 * @param server the server
	 * @param stream its name
	 * @param subjects which of them
	 * @return the messages, in their order
	 */
	public static List<Message> of(NatsServer server, String stream, String subjects) {
		try (NatsConnection nats = new NatsConnection(server)) {
			Connection connection = nats.connection();
			JetStreamSubscription subscription = connection.jetStream()
				.subscribe(subjects, PushSubscribeOptions.builder().stream(stream).ordered(true).build());
			// From one answer: the stream delivers while one asks.
			ConsumerInfo info = subscription.getConsumerInfo();
			long count = info.getNumPending() + info.getDelivered().getConsumerSequence();
			List<Message> messages = new ArrayList<>();
			while (messages.size() < count) {
				Message message = subscription.nextMessage(LIMIT);
				if (message == null) {
					throw new AssertionError("%d of %d messages came".formatted(messages.size(), count));
				}
				messages.add(message);
			}
			return messages;
		}
		catch (IOException | InterruptedException | JetStreamApiException ex) {
			throw new AssertionError("The stream '%s' can't be read".formatted(stream), ex);
		}
	}

}
