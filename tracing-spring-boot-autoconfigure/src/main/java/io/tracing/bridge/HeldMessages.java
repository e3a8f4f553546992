// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.nats.client.Message;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one durable that were fetched and are not settled yet. The server is
 * told that they are being worked on, however long the backend is away: without that, an
 * outage would cost deliveries until there are none left.
 */
final class HeldMessages {

	private static final Logger logger = LoggerFactory.getLogger(HeldMessages.class);

	/**
	 * A third of the time after which the server delivers again leaves room for two
	 * misses.
	 */
	private static final int SIGNS_OF_LIFE = 3;

	/** Beyond what can be on its way when a connection breaks. */
	private static final int REMEMBERED = 10_000;

	private final Map<Long, HeldMessage> held = new ConcurrentHashMap<>();

	// Of the thread that fetches.
	private long reached;

	private final ReentrantLock settledLock = new ReentrantLock();

	// Their acknowledgements may have been lost with a connection. With the time of
	// storing, because the sequence of a stream that was made anew starts again.
	private final Map<Long, ZonedDateTime> settled = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Long, ZonedDateTime> eldest) {
			return size() > REMEMBERED;
		}

	};

	static Duration signOfLifeInterval(Duration ackWait) {
		return ackWait.dividedBy(SIGNS_OF_LIFE);
	}

	/**
	 * Take a message that was delivered.
	 * @return the message to work on, or {@code null} if it is worked on already or was
	 * settled before
	 */
	@Nullable HeldMessage take(@Nullable Signal signal, Message delivery) {
		NatsJetStreamMetaData metaData = delivery.metaData();
		long sequence = metaData.streamSequence();
		// The count is not to be trusted: a server that was killed may have forgotten it.
		if (sequence <= this.reached) {
			HeldMessage known = this.held.get(sequence);
			if (known != null && sameMessage(known.delivery(), metaData)) {
				known.deliveredAgain(delivery);
				return null;
			}
			if (wasSettled(sequence, metaData)) {
				tell(new HeldMessage(this, signal, delivery), Message::ack);
				return null;
			}
		}
		this.reached = Math.max(this.reached, sequence);
		HeldMessage message = new HeldMessage(this, signal, delivery);
		this.held.put(sequence, message);
		return message;
	}

	private static boolean sameMessage(Message known, NatsJetStreamMetaData metaData) {
		return known.metaData().timestamp().equals(metaData.timestamp());
	}

	private boolean wasSettled(long sequence, NatsJetStreamMetaData metaData) {
		this.settledLock.lock();
		try {
			return metaData.timestamp().equals(this.settled.get(sequence));
		}
		finally {
			this.settledLock.unlock();
		}
	}

	/** Settle a message whose parts are all exported or dead letters. */
	void settle(HeldMessage message) {
		this.settledLock.lock();
		try {
			this.settled.put(message.sequence(), message.delivery().metaData().timestamp());
		}
		finally {
			this.settledLock.unlock();
		}
		this.held.remove(message.sequence(), message);
		tell(message, message.isDeadLettered() ? Message::term : Message::ack);
	}

	void giveBack(HeldMessage message) {
		if (this.held.remove(message.sequence(), message)) {
			tell(message, Message::nak);
		}
	}

	void giveBackAll() {
		this.held.values().forEach(this::giveBack);
	}

	void keepAlive() {
		this.held.values().forEach((message) -> tell(message, Message::inProgress));
	}

	/**
	 * While there is no connection nothing can be said. The server delivers the message
	 * again later, and if it was settled that is remembered.
	 */
	private static void tell(HeldMessage message, Consumer<Message> settlement) {
		try {
			settlement.accept(message.delivery());
		}
		catch (RuntimeException ex) {
			logger.debug("Message {} is not settled at the server", message.sequence(), ex);
		}
	}

	/** When the oldest of them was stored. */
	@Nullable ZonedDateTime oldest() {
		return this.held.values()
			.stream()
			.map((message) -> message.delivery().metaData().timestamp())
			.min(Comparator.naturalOrder())
			.orElse(null);
	}

}
