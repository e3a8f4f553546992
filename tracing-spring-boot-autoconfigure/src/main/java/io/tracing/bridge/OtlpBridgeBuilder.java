// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.nats.client.Connection;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.wire.Signal;

/**
 * Builds an {@link OtlpBridge}. What is not set has the default of the property
 * {@code tracing.bridge.*} of the same name.
 */
public final class OtlpBridgeBuilder {

	// Whoever waits less asks a server that is down as often as it can.
	private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

	// A name is a token of subjects, and of files on the server.
	private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}.*>/\\\\]{1,200}");

	private final Supplier<Connection> connection;

	private final OtlpHttpOptions target;

	private StreamInitializer streams = StreamInitializer.NONE;

	private String stream = "TELEMETRY";

	private String durable = "otlp-bridge";

	private Set<Signal> signals = EnumSet.allOf(Signal.class);

	private boolean durablePerSignal = true;

	private int batchSize = 100;

	private int maxBatchBytes = 8 * 1024 * 1024;

	private Duration flushInterval = Duration.ofSeconds(5);

	private int maxDeliveries = 4;

	private Duration retryDelay = Duration.ofSeconds(5);

	private Duration ackWait = Duration.ofSeconds(30);

	private int requestsInFlight = 4;

	private Duration firstBackoff = Duration.ofSeconds(1);

	private Duration maxBackoff = Duration.ofMinutes(1);

	private Duration pause = Duration.ofMinutes(1);

	private Duration shutdownTimeout = Duration.ofSeconds(10);

	private String serviceName = "dagnats";

	private String deadLetterStream = "TELEMETRY_DLQ";

	private Duration deadLetterMaxAge = Duration.ofDays(7);

	private long deadLetterMaxBytes = 1024 * 1024 * 1024;

	private Faults faults = new Faults(Duration.ofMinutes(1));

	OtlpBridgeBuilder(Supplier<Connection> connection, OtlpHttpOptions target) {
		this.connection = connection;
		this.target = target;
	}

	/**
	 * Set what creates the stream if it is missing.
	 * @param streams called before the stream is looked for
	 * @return this builder
	 */
	public OtlpBridgeBuilder streams(StreamInitializer streams) {
		this.streams = streams;
		return this;
	}

	/**
	 * Set the stream to drain.
	 * @param stream its name
	 * @return this builder
	 */
	public OtlpBridgeBuilder stream(String stream) {
		this.stream = name("stream", stream);
		return this;
	}

	/**
	 * Set the durable consumer. One that is there is taken over and never changed.
	 * @param durable its name, or what the names of those for each signal begin with
	 * @return this builder
	 */
	public OtlpBridgeBuilder durable(String durable) {
		this.durable = name("durable", durable);
		return this;
	}

	/**
	 * Set what is drained, for a backend that does not take everything. The rest stays in
	 * the stream, for another bridge.
	 * @param signals at least one signal
	 * @return this builder
	 */
	public OtlpBridgeBuilder signals(Collection<Signal> signals) {
		if (signals.isEmpty()) {
			throw new IllegalArgumentException("The signals must be at least one");
		}
		this.signals = EnumSet.copyOf(signals);
		return this;
	}

	/**
	 * Set whether each signal has a durable of its own, so that one that the backend does
	 * not take does not hold up the others.
	 * @param durablePerSignal whether there is one for each
	 * @return this builder
	 */
	public OtlpBridgeBuilder durablePerSignal(boolean durablePerSignal) {
		this.durablePerSignal = durablePerSignal;
		return this;
	}

	/**
	 * Set how many messages are fetched and sent together.
	 * @param batchSize the most messages of a batch
	 * @return this builder
	 */
	public OtlpBridgeBuilder batchSize(int batchSize) {
		this.batchSize = positive("batch size", batchSize);
		return this;
	}

	/**
	 * Set how many bytes are fetched together. A single message may have more.
	 * @param maxBatchBytes the most bytes of a batch
	 * @return this builder
	 */
	public OtlpBridgeBuilder maxBatchBytes(int maxBatchBytes) {
		this.maxBatchBytes = positive("max batch bytes", maxBatchBytes);
		return this;
	}

	/**
	 * Set how long a batch waits to become full.
	 * @param flushInterval the wait, at least the second that jnats wants for a fetch
	 * @return this builder
	 */
	public OtlpBridgeBuilder flushInterval(Duration flushInterval) {
		this.flushInterval = atLeast(Duration.ofSeconds(1), "flush interval", flushInterval);
		return this;
	}

	/**
	 * Set how often a record is tried that the backend fails over (500), and how often
	 * the server delivers a message that nobody settles. An outage does not count.
	 * @param maxDeliveries the number of tries
	 * @return this builder
	 */
	public OtlpBridgeBuilder maxDeliveries(int maxDeliveries) {
		this.maxDeliveries = positive("max deliveries", maxDeliveries);
		return this;
	}

	/**
	 * Set the wait between two tries of a record that the backend fails over.
	 * @param retryDelay the wait
	 * @return this builder
	 */
	public OtlpBridgeBuilder retryDelay(Duration retryDelay) {
		this.retryDelay = atLeast(Duration.ZERO, "retry delay", retryDelay);
		return this;
	}

	/**
	 * Set how long the server waits for a sign of life before it delivers again. For a
	 * consumer that is created.
	 * @param ackWait the wait, at least the 3 s that a sign of life may take
	 * @return this builder
	 */
	public OtlpBridgeBuilder ackWait(Duration ackWait) {
		this.ackWait = atLeast(Durable.SHORTEST_ACK_WAIT, "ack wait", ackWait);
		return this;
	}

	/**
	 * Set how many requests of a signal may be under way at the same time. Bounds memory
	 * as well: no more batches are fetched.
	 * @param requestsInFlight the most requests
	 * @return this builder
	 */
	public OtlpBridgeBuilder requestsInFlight(int requestsInFlight) {
		this.requestsInFlight = positive("requests in flight", requestsInFlight);
		return this;
	}

	/**
	 * Set the waits between tries in an outage, of NATS or of the backend. They double
	 * from the first to the longest.
	 * @param first the wait after the first failure
	 * @param max the longest wait
	 * @return this builder
	 */
	public OtlpBridgeBuilder backoff(Duration first, Duration max) {
		this.firstBackoff = atLeast(SHORTEST_WAIT, "first backoff", first);
		this.maxBackoff = atLeast(first, "longest backoff", max);
		return this;
	}

	/**
	 * Set the wait after an answer that only a change of the configuration mends, such as
	 * 401 or 404.
	 * @param pause the wait
	 * @return this builder
	 */
	public OtlpBridgeBuilder pause(Duration pause) {
		this.pause = atLeast(SHORTEST_WAIT, "pause", pause);
		return this;
	}

	/**
	 * Set how long a stop may take to finish what is under way.
	 * @param shutdownTimeout the longest time
	 * @return this builder
	 */
	public OtlpBridgeBuilder shutdownTimeout(Duration shutdownTimeout) {
		this.shutdownTimeout = atLeast(Duration.ZERO, "shutdown timeout", shutdownTimeout);
		return this;
	}

	/**
	 * Set the service of JSON records that name none.
	 * @param serviceName its name
	 * @return this builder
	 */
	public OtlpBridgeBuilder serviceName(String serviceName) {
		if (serviceName.isBlank()) {
			throw new IllegalArgumentException("The service name must not be blank");
		}
		this.serviceName = serviceName;
		return this;
	}

	/**
	 * Set the stream of what can't be exported. Created if it is missing, never altered.
	 * @param stream its name
	 * @param maxAge how long dead letters are kept, zero for no limit
	 * @param maxBytes how many bytes of them are kept
	 * @return this builder
	 */
	public OtlpBridgeBuilder deadLetters(String stream, Duration maxAge, long maxBytes) {
		if (maxBytes < 1) {
			throw new IllegalArgumentException("The max bytes of dead letters must be at least 1, but are " + maxBytes);
		}
		this.deadLetterStream = name("stream of dead letters", stream);
		this.deadLetterMaxAge = atLeast(Duration.ZERO, "max age of dead letters", maxAge);
		this.deadLetterMaxBytes = maxBytes;
		return this;
	}

	/**
	 * Set where faults end.
	 * @param faults counts and logs them
	 * @return this builder
	 */
	public OtlpBridgeBuilder faults(Faults faults) {
		this.faults = faults;
		return this;
	}

	private static int positive(String name, int value) {
		if (value < 1) {
			throw new IllegalArgumentException("The " + name + " must be at least 1, but is " + value);
		}
		return value;
	}

	private static Duration atLeast(Duration least, String name, Duration value) {
		if (value.compareTo(least) < 0) {
			throw new IllegalArgumentException("The " + name + " must be at least " + DurationText.of(least)
					+ ", but is " + DurationText.of(value));
		}
		return value;
	}

	private static String name(String what, String value) {
		if (!NAME.matcher(value).matches()) {
			throw new IllegalArgumentException("The name of the " + what
					+ " must have 1 to 200 characters, none of them white space or one of . * > / \\, but is '" + value
					+ "'");
		}
		return value;
	}

	/**
	 * Build the bridge, which is not started.
	 * @return the bridge
	 */
	public OtlpBridge build() {
		if (this.deadLetterStream.equals(this.stream)) {
			throw new IllegalArgumentException(
					"The stream of dead letters must be another one than the stream, but both are '" + this.stream
							+ "'");
		}
		if (!this.durablePerSignal && this.signals.size() < Signal.values().length) {
			throw new IllegalArgumentException(
					"One durable for all signals delivers all signals, but only these are to be drained: "
							+ this.signals);
		}
		BridgeSettings settings = new BridgeSettings(this.target.endpoints(this.signals), this.stream, this.durable,
				Set.copyOf(this.signals), this.durablePerSignal, this.batchSize, this.maxBatchBytes, this.flushInterval,
				this.maxDeliveries, this.retryDelay, this.ackWait, this.requestsInFlight, this.firstBackoff,
				this.maxBackoff, this.pause, this.serviceName, this.deadLetterStream, this.deadLetterMaxAge,
				this.deadLetterMaxBytes);
		return new OtlpBridge(this.connection, settings, this.streams, new OtlpHttpSender(this.target),
				this.shutdownTimeout, this.faults);
	}

}
