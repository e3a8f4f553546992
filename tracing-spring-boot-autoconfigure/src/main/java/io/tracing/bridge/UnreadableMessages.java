// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.ConsumerInfo;
import io.tracing.telemetry.wire.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes dead letters of the messages that the client can't read. A header whose value is
 * not ASCII, which other clients write, ends the thread that reads the connection: it
 * seems to be connected, and nothing arrives any more. The message would do that each
 * time it is delivered, until the server gives it up with all that was delivered beside
 * it.
 */
final class UnreadableMessages {

	private static final Logger logger = LoggerFactory.getLogger(UnreadableMessages.class);

	private final BridgeSettings settings;

	private final DeadLetterStream deadLetters;

	private final Map<Signal, SignalCounters> counters;

	private final ReentrantLock reviving = new ReentrantLock();

	UnreadableMessages(BridgeSettings settings, DeadLetterStream deadLetters, Map<Signal, SignalCounters> counters) {
		this.settings = settings;
		this.deadLetters = deadLetters;
		this.counters = counters;
	}

	/**
	 * Make a connection anew that is silent, unless another consumer has done so.
	 */
	void revive(Connection connection) throws IOException, InterruptedException {
		if (!this.reviving.tryLock()) {
			throw new SilentConnectionException();
		}
		try {
			if (Pull.isSilent(connection)) {
				connection.forceReconnect();
			}
		}
		finally {
			this.reviving.unlock();
		}
	}

	/**
	 * Bury those that were delivered through a durable, and tell the server not to
	 * deliver them again.
	 */
	void bury(Connection connection, Durable durable) throws IOException, JetStreamApiException, InterruptedException {
		String stream = this.settings.stream();
		ConsumerInfo consumer = connection.jetStreamManagement().getConsumerInfo(stream, durable.name());
		long last = consumer.getDelivered().getStreamSequence();
		long sequence = consumer.getAckFloor().getStreamSequence() + 1;
		while (sequence <= last) {
			StoredMessage message = StoredMessage.next(connection, stream, sequence, durable.filter());
			if (message == null || message.sequence() > last) {
				return;
			}
			if (message.defect() != null) {
				bury(connection, durable, message);
			}
			sequence = message.sequence() + 1;
		}
	}

	private void bury(Connection connection, Durable durable, StoredMessage message) throws InterruptedException {
		String stream = this.settings.stream();
		this.deadLetters.write(List.of(new DeadLetter(message.subject(), message.headers(), message.body(),
				DeadLetterReason.MALFORMED, "the headers can't be read: " + message.defect(), stream,
				message.sequence(), 1, message.stored())));
		logger.warn("Message {} of stream '{}' is a dead letter: its headers can't be read ({}).", message.sequence(),
				stream, message.defect());
		Signal signal = Signal.ofSubject(message.subject());
		if (signal != null) {
			SignalCounters signalCounters = this.counters.get(signal);
			signalCounters.messages.increment();
			signalCounters.received.increment();
			signalCounters.deadLettered(DeadLetterReason.MALFORMED, 1);
		}
		// What a message would say that could be read. The server looks at the sequence.
		connection.publish("$JS.ACK.%s.%s.1.%d.0.0.0".formatted(stream, durable.name(), message.sequence()),
				"+TERM".getBytes(StandardCharsets.US_ASCII));
	}

}
