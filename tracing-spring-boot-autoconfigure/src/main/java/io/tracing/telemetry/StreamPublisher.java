// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets telemetry to the stream, on a thread of its own. Whoever hands something over
 * never waits: it goes into a buffer, and if that is full it is dropped and counted. What
 * is in the buffer is published until the stream has acknowledged it, whatever becomes of
 * the connection or the server meanwhile; the stream recognises what it gets twice.
 */
public final class StreamPublisher implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger("io.tracing.telemetry");

	// Until the server has said what it takes. It is the default of nats-server.
	private static final long DEFAULT_MAX_PAYLOAD = 1 << 20;

	// The headers of a message count as well.
	private static final int ROOM_FOR_HEADERS = 512;

	// For the last messages to be counted.
	private static final long GRACE_MILLIS = 250;

	private final String instance = UUID.randomUUID().toString();

	private final TelemetryCounters counters = new TelemetryCounters();

	private final PublishBuffer buffer;

	private final StreamLink link;

	private final PublishLoop loop;

	private final Duration flushTimeout;

	private final Faults faults;

	private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

	private volatile boolean stopping;

	private volatile long stopAt;

	/**
	 * Create a new instance, which publishes once it is {@linkplain #start() started}.
	 * @param connections gives a connection, or throws if there is none right now; called
	 * on the publishing thread. A connection that is traced makes spans of telemetry.
	 * @param stream the stream, created where it is missing
	 * @param bufferSize how many bytes wait at most
	 * @param flushTimeout how long a flush and a stop take at most
	 * @param faults takes what is dropped
	 */
	public StreamPublisher(Supplier<Connection> connections, TelemetryStream stream, long bufferSize,
			Duration flushTimeout, Faults faults) {
		this.buffer = new PublishBuffer(bufferSize);
		this.link = new StreamLink(connections, stream, this.buffer::wake);
		this.loop = new PublishLoop(this.buffer, this.link, new Outcomes());
		this.flushTimeout = flushTimeout;
		this.faults = faults;
	}

	/**
	 * Start to publish. Until then everything waits in the buffer.
	 */
	public void start() {
		// Spring starts again what it has stopped, as long as it is not closed.
		this.stopping = false;
		Thread created = new Thread(this.loop, "tracing-telemetry");
		created.setDaemon(true);
		if (this.thread.compareAndSet(null, created)) {
			created.start();
		}
	}

	/**
	 * Take an encoded export request.
	 * @return whether it was taken
	 */
	boolean accept(Signal signal, String subject, byte[] request, int records) {
		return accept(signal, subject, request, records, null, "application/x-protobuf");
	}

	/**
	 * Take a record.
	 * @param id what the stream tells repetitions by, {@code null} for one of our own
	 * @return whether it was taken
	 */
	boolean accept(Signal signal, String subject, byte[] record, @Nullable String id) {
		return accept(signal, subject, record, 1, id, null);
	}

	private boolean accept(Signal signal, String subject, byte[] body, int records, @Nullable String id,
			@Nullable String contentType) {
		DropReason reason = this.buffer.offer(OutgoingMessage.size(body), (number) -> new OutgoingMessage(number,
				signal, subject, body, records, (id != null) ? id : this.instance + "." + number, contentType));
		if (reason != null) {
			this.counters.addDropped(signal, reason, records);
			if (reason == DropReason.BUFFER_FULL) {
				this.faults.report("publishing telemetry", new DroppedTelemetryException(
						"The buffer is full and %d records of '%s' were dropped. NATS is away or too slow for what is"
							.formatted(records, subject)
								+ " exported; tracing.telemetry.buffer-size bridges a longer outage"));
			}
		}
		return reason == null;
	}

	/**
	 * Count a record that never got to be a message.
	 */
	void drop(Signal signal, DropReason reason, int records, String why) {
		this.counters.addDropped(signal, reason, records);
		this.faults.report("publishing telemetry",
				new DroppedTelemetryException("Dropped %d (%s): %s".formatted(records, signal.text(), why)));
	}

	/**
	 * The largest body that the server takes.
	 */
	long maxBody() {
		long payload = this.link.maxPayload();
		return ((payload > 0) ? payload : DEFAULT_MAX_PAYLOAD) - ROOM_FOR_HEADERS;
	}

	/**
	 * Wait for the stream to have all that was handed over before.
	 * @return succeeds then; fails if something of it was dropped or the time is over
	 */
	public CompletableResultCode flush() {
		Thread publishing = this.thread.get();
		if (this.buffer.bytes() == 0) {
			return CompletableResultCode.ofSuccess();
		}
		boolean hopeless = this.stopping && !this.link.isAvailable() && System.nanoTime() - this.stopAt >= 0;
		if (publishing == null || !publishing.isAlive() || hopeless) {
			return CompletableResultCode.ofFailure();
		}
		return this.buffer.flush(PublishBuffer.Flush.deadline(this.flushTimeout.toNanos())).result;
	}

	/**
	 * Say that the application stops: from now on, all that is to be flushed takes the
	 * flush timeout at most, together and not each.
	 */
	public void prepareToStop() {
		if (!this.stopping) {
			this.stopAt = PublishBuffer.Flush.deadline(this.flushTimeout.toNanos());
			this.stopping = true;
		}
	}

	/**
	 * Return whether what is handed over is published.
	 * @return whether it was started and not closed yet
	 */
	public boolean isRunning() {
		Thread publishing = this.thread.get();
		return publishing != null && publishing.isAlive() && !this.buffer.isClosed();
	}

	/**
	 * Publish what is left, for as long as the flush timeout allows, and drop the rest.
	 * What is handed over from now on is dropped as well.
	 */
	@Override
	public void close() {
		prepareToStop();
		this.buffer.close();
		long now = System.nanoTime();
		// A server that answers gets the time again: others took it from the first.
		long deadline = this.link.isAvailable() ? now + this.flushTimeout.toNanos() : this.stopAt;
		this.loop.stopBy(deadline);
		Thread publishing = this.thread.get();
		try {
			if (publishing == null) {
				// Nobody else will drop what is there.
				this.thread.set(Thread.currentThread());
				this.loop.stopBy(now);
				this.loop.run();
			}
			else if (publishing.isAlive()) {
				publishing.join(TimeUnit.NANOSECONDS.toMillis(Math.max(deadline - now, 0)) + GRACE_MILLIS);
				// It can be in the middle of connecting.
				publishing.interrupt();
				publishing.join(GRACE_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Return what became of the telemetry so far.
	 * @return the counters
	 */
	public TelemetryCounters counters() {
		return this.counters;
	}

	/**
	 * Return how many bytes wait for the stream's acknowledgement.
	 * @return the number of bytes
	 */
	public long waitingBytes() {
		return this.buffer.bytes();
	}

	/**
	 * Counts, and warns of what is lost.
	 */
	private final class Outcomes implements PublishLoop.Outcomes {

		@Override
		public void published(OutgoingMessage message) {
			StreamPublisher.this.counters.addPublished(message.signal, message.records);
		}

		@Override
		public void retried() {
			StreamPublisher.this.counters.addRetried();
		}

		@Override
		public void dropped(OutgoingMessage message, DropReason reason, String why) {
			drop(message.signal, reason, message.records, why);
		}

		@Override
		public void left(List<OutgoingMessage> messages) {
			for (OutgoingMessage message : messages) {
				StreamPublisher.this.counters.addDropped(message.signal, DropReason.SHUTDOWN, message.records);
			}
			if (!messages.isEmpty()) {
				logger.warn(
						"{} records of telemetry were dropped, because the stream '{}' did not take them before"
								+ " the application stopped; tracing.telemetry.flush-timeout is {}",
						messages.stream().mapToLong((message) -> message.records).sum(),
						StreamPublisher.this.link.stream(), StreamPublisher.this.flushTimeout);
			}
		}

	}

}
