// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the stream: a connection that is up and a stream that exists. Where there is
 * none it is tried again, less and less often, and the log says why: once for each
 * reason, and again from time to time.
 */
final class StreamLink {

	private static final Logger logger = LoggerFactory.getLogger("io.tracing.telemetry");

	private static final long FIRST_BACKOFF = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long MAX_BACKOFF = TimeUnit.SECONDS.toNanos(5);

	private static final long WARNING_INTERVAL = TimeUnit.MINUTES.toNanos(5);

	private final Supplier<Connection> connections;

	private final TelemetryStream stream;

	private final ConnectionListener listener;

	private @Nullable Connection connection;

	private @Nullable JetStream jetStream;

	private boolean streamIsThere;

	private final AtomicInteger arrivals = new AtomicInteger();

	private volatile boolean available;

	private volatile long maxPayload = -1;

	private int failures;

	private long nextAttempt = System.nanoTime();

	private @Nullable String lastProblem;

	private long lastWarning;

	/**
	 * Create a new instance.
	 * @param connections gives a connection, or throws if there is none right now
	 * @param stream the stream
	 * @param changed called when a connection comes back
	 */
	@SuppressWarnings("deprecation") // The only callback that every jnats calls.
	StreamLink(Supplier<Connection> connections, TelemetryStream stream, Runnable changed) {
		this.connections = connections;
		this.stream = stream;
		this.listener = (connection, event) -> {
			if (event == ConnectionListener.Events.RECONNECTED) {
				this.arrivals.incrementAndGet();
				changed.run();
			}
		};
	}

	/**
	 * Make sure of the way, unless it is too early to try again.
	 * @return the way, {@code null} if there is none right now
	 */
	@Nullable JetStream open(long now) {
		if (now - this.nextAttempt < 0) {
			return null;
		}
		try {
			Connection current = this.connections.get();
			if (current.getStatus() != Connection.Status.CONNECTED) {
				throw new IOException("the connection to NATS is " + current.getStatus());
			}
			if (current != this.connection) {
				close();
				current.addConnectionListener(this.listener);
				this.connection = current;
				this.jetStream = current.jetStream();
				this.arrivals.incrementAndGet();
			}
			if (!this.streamIsThere) {
				if (this.stream.createIfMissing(current.jetStreamManagement())) {
					logger.info("Created the stream '{}' for telemetry", this.stream.name());
				}
				this.streamIsThere = true;
			}
			this.maxPayload = current.getMaxPayload();
			return this.jetStream;
		}
		catch (Exception | LinkageError ex) {
			failed(ex);
			return null;
		}
	}

	/**
	 * Something did not work: leave it alone for a while, and look whether the stream is
	 * still there.
	 */
	void failed(Throwable problem) {
		this.available = false;
		this.streamIsThere = false;
		long now = System.nanoTime();
		// All that was on its way fails together: that is one failure.
		if (now - this.nextAttempt >= 0) {
			this.nextAttempt = now + backoff(this.failures++);
		}
		warn(describe(problem));
	}

	private String describe(Throwable problem) {
		if (problem instanceof JetStreamApiException refused) {
			return "JetStream refuses it: " + refused.getErrorDescription();
		}
		String message = problem.getMessage();
		return (message != null) ? message : problem.getClass().getSimpleName();
	}

	private void warn(String problem) {
		long now = System.nanoTime();
		if (!problem.equals(this.lastProblem) || now - this.lastWarning >= WARNING_INTERVAL) {
			this.lastProblem = problem;
			this.lastWarning = now;
			logger.warn("Telemetry waits for the stream '{}': {}", this.stream.name(), problem);
		}
	}

	/**
	 * The stream has taken a message.
	 */
	void succeeded() {
		this.available = true;
		this.failures = 0;
		if (this.lastProblem != null) {
			this.lastProblem = null;
			logger.info("Telemetry gets to the stream '{}' again", this.stream.name());
		}
	}

	/**
	 * Whether the stream took the last message that was published.
	 */
	boolean isAvailable() {
		return this.available;
	}

	/**
	 * Changes each time the connection comes up: what was on its way before may be lost.
	 */
	int arrivals() {
		return this.arrivals.get();
	}

	long nextAttempt() {
		return this.nextAttempt;
	}

	/**
	 * The largest message that the server takes, {@code -1} if that is not known.
	 */
	long maxPayload() {
		return this.maxPayload;
	}

	String stream() {
		return this.stream.name();
	}

	void close() {
		if (this.connection != null) {
			this.connection.removeConnectionListener(this.listener);
			this.connection = null;
		}
	}

	static long backoff(int failures) {
		long backoff = Math.min(FIRST_BACKOFF << Math.min(failures, 10), MAX_BACKOFF);
		return backoff - ThreadLocalRandom.current().nextLong(backoff / 5);
	}

}
