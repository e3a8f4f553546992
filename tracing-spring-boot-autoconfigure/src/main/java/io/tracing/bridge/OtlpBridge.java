// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Drains a stream of telemetry into a backend that takes OTLP over HTTP, at least once.
 * <p>
 * A record is settled when the backend has it, or when it is in the dead-letter stream.
 * While the backend is away the bridge keeps alive what it holds and fetches no more.
 * Several bridges may share the stream's consumers, and so the work. Its own traffic is
 * not traced: its connection is its own.
 */
public final class OtlpBridge implements AutoCloseable {

	private final BridgeConnection connection;

	private final BridgeSettings settings;

	private final StreamInitializer streams;

	private final Duration shutdownTimeout;

	private final OtlpHttpSender sender;

	private final Faults faults;

	private final Map<Signal, SignalCounters> counters = new EnumMap<>(Signal.class);

	private final ReentrantLock lifecycle = new ReentrantLock();

	private volatile @Nullable BridgeRun run;

	OtlpBridge(Supplier<Connection> connection, BridgeSettings settings, StreamInitializer streams,
			OtlpHttpSender sender, Duration shutdownTimeout, Faults faults) {
		this.connection = new BridgeConnection(connection);
		this.settings = settings;
		this.streams = streams;
		this.sender = sender;
		this.shutdownTimeout = shutdownTimeout;
		this.faults = faults;
		for (Signal signal : Signal.values()) {
			this.counters.put(signal, new SignalCounters());
		}
	}

	/**
	 * Begin to build a bridge.
	 * @param connection gives a connection, untraced, whose options those of the bridge's
	 * own are copied from; may throw what says why there is none, and is then asked again
	 * @param target where to send
	 * @return the builder
	 */
	public static OtlpBridgeBuilder builder(Supplier<Connection> connection, OtlpHttpOptions target) {
		return new OtlpBridgeBuilder(connection, target);
	}

	/**
	 * Start to drain the stream, on threads of the bridge: neither NATS, nor the stream,
	 * nor the backend need to be there yet. Does nothing if it runs.
	 */
	public void start() {
		this.lifecycle.lock();
		try {
			if (this.run == null) {
				BridgeRun next = new BridgeRun(this.connection, this.settings, this.streams, this.sender, this.counters,
						this.faults);
				this.run = next;
				next.start();
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Stop: fetch no more, finish what is under way within the shutdown timeout, and give
	 * the rest back to the stream. May be started again.
	 */
	public void stop() {
		this.lifecycle.lock();
		try {
			BridgeRun stopping = this.run;
			if (stopping != null) {
				stopping.stop(System.nanoTime() + this.shutdownTimeout.toNanos());
				this.run = null;
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Return whether it was started and not stopped.
	 * @return whether it runs, be it that it waits for something
	 */
	public boolean isRunning() {
		return this.run != null;
	}

	/**
	 * Export nothing until {@link #resume()}. What is held is kept alive.
	 */
	public void pause() {
		BridgeRun running = this.run;
		if (running != null) {
			running.halt();
		}
	}

	/**
	 * Go on after {@link #pause()}, or at once instead of after the wait that a refusal
	 * or an outage has caused.
	 */
	public void resume() {
		BridgeRun running = this.run;
		if (running != null) {
			running.resume();
		}
	}

	/**
	 * Publish dead letters to the subjects that they came from, the oldest first.
	 * @param limit the most of them
	 * @return what was done
	 * @throws IOException if NATS does not answer; what was published until then is not
	 * lost
	 * @throws JetStreamApiException if JetStream refuses; that there is no stream of dead
	 * letters is no error
	 */
	public ReplayResult replay(int limit) throws IOException, JetStreamApiException {
		return new DeadLetterReplay(this.connection.get(), this.settings).run(limit);
	}

	/**
	 * Return how the bridge is doing.
	 * @return one status for each signal that is drained
	 */
	public List<SignalStatus> status() {
		BridgeRun running = this.run;
		return Arrays.stream(Signal.values())
			.filter(this.settings.signals()::contains)
			.map((signal) -> (running != null) ? running.status(signal)
					: this.counters.get(signal).status(signal, SignalState.STOPPED, null))
			.toList();
	}

	/**
	 * Stop, and let go of the connections to NATS and to the backend.
	 */
	@Override
	public void close() {
		stop();
		this.connection.close();
		this.sender.close();
	}

}
