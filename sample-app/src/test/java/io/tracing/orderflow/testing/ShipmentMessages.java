// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.StreamContext;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.MessageInfo;
import io.tracing.orderflow.nats.ShipmentStream;

import static org.awaitility.Awaitility.await;

/**
 * Asks shipping for shipments past the worker, and looks into the stream.
 */
public final class ShipmentMessages {

	private static final String STREAM = "SHIPMENTS";

	private final RunningServices services;

	/**
	 * Create the sender.
	 * @param services the services to send to
	 */
	public ShipmentMessages(RunningServices services) {
		this.services = services;
	}

	/**
	 * Send a request that is no duplicate for the stream.
	 * @param payload its body
	 * @throws IOException if NATS is away
	 * @throws JetStreamApiException if it is not stored
	 */
	public void request(String payload) throws IOException, JetStreamApiException {
		connection().jetStream().publish(ShipmentStream.REQUESTED, payload.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Wait until all consumers have done with all messages.
	 */
	public void awaitDone() {
		await("consumers of " + STREAM).atMost(Duration.ofSeconds(30))
			.until(() -> List.copyOf(connection().jetStreamManagement().getConsumers(STREAM)),
					(consumers) -> consumers.stream().allMatch(ShipmentMessages::isDone));
	}

	private static boolean isDone(ConsumerInfo consumer) {
		return consumer.getNumPending() == 0 && consumer.getNumAckPending() == 0;
	}

	/**
	 * Count the messages that say that a shipment was created.
	 * @param orderId of which order
	 * @return how many there are
	 * @throws IOException if NATS is away
	 * @throws JetStreamApiException if the stream can't be read
	 */
	public long created(String orderId) throws IOException, JetStreamApiException {
		StreamContext stream = connection().getStreamContext(STREAM);
		long last = stream.getStreamInfo().getStreamState().getLastSequence();
		return LongStream.rangeClosed(1, last)
			.mapToObj((sequence) -> message(stream, sequence))
			.filter((message) -> ShipmentStream.CREATED.equals(message.getSubject())
					&& new String(message.getData(), StandardCharsets.UTF_8).contains(orderId))
			.count();
	}

	private static MessageInfo message(StreamContext stream, long sequence) {
		try {
			return stream.getMessage(sequence);
		}
		catch (IOException | JetStreamApiException ex) {
			throw new IllegalStateException("message " + sequence + " of " + STREAM + " can't be read", ex);
		}
	}

	private Connection connection() {
		return this.services.service("orders").getBean(Connection.class);
	}

}
