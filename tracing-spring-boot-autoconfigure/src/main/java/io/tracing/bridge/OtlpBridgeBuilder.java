// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.tracing.messaging.Faults;

/**
 * Builds an {@link OtlpBridge}. What is not set has the default of the property
 * {@code tracing.bridge.*} of the same name.
 */
public final class OtlpBridgeBuilder {

	private final Supplier<Connection> connection;

	private final OtlpHttpOptions target;

	private StreamInitializer streams = StreamInitializer.NONE;

	private String stream = "TELEMETRY";

	private String durable = "otlp-bridge";

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
		this.stream = stream;
		return this;
	}

	/**
	 * Set the durable consumer. One that is there is taken over and never changed.
	 * @param durable its name, or what the names of those for each signal begin with
	 * @return this builder
	 */
	public OtlpBridgeBuilder durable(String durable) {
		this.durable = durable;
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
		if (flushInterval.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new IllegalArgumentException("The flush interval must be at least 1s, but is " + flushInterval);
		}
		this.flushInterval = flushInterval;
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
		this.retryDelay = retryDelay;
		return this;
	}

	/**
	 * Set how long the server waits for a sign of life before it delivers again. For a
	 * consumer that is created.
	 * @param ackWait the wait
	 * @return this builder
	 */
	public OtlpBridgeBuilder ackWait(Duration ackWait) {
		this.ackWait = ackWait;
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
		this.firstBackoff = first;
		this.maxBackoff = max;
		return this;
	}

	/**
	 * Set the wait after an answer that only a change of the configuration mends, such as
	 * 401 or 404.
	 * @param pause the wait
	 * @return this builder
	 */
	public OtlpBridgeBuilder pause(Duration pause) {
		this.pause = pause;
		return this;
	}

	/**
	 * Set how long a stop may take to finish what is under way.
	 * @param shutdownTimeout the longest time
	 * @return this builder
	 */
	public OtlpBridgeBuilder shutdownTimeout(Duration shutdownTimeout) {
		this.shutdownTimeout = shutdownTimeout;
		return this;
	}

	/**
	 * Set the service of JSON records that name none.
	 * @param serviceName its name
	 * @return this builder
	 */
	public OtlpBridgeBuilder serviceName(String serviceName) {
		this.serviceName = serviceName;
		return this;
	}

	/**
	 * Set the stream of what can't be exported. Created if it is missing, never altered.
	 * @param stream its name
	 * @param maxAge how long dead letters are kept
	 * @param maxBytes how many bytes of them are kept
	 * @return this builder
	 */
	public OtlpBridgeBuilder deadLetters(String stream, Duration maxAge, long maxBytes) {
		this.deadLetterStream = stream;
		this.deadLetterMaxAge = maxAge;
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

	/**
	 * Build the bridge, which is not started.
	 * @return the bridge
	 */
	public OtlpBridge build() {
		BridgeSettings settings = new BridgeSettings(this.target.toString(), this.stream, this.durable,
				this.durablePerSignal, this.batchSize, this.maxBatchBytes, this.flushInterval, this.maxDeliveries,
				this.retryDelay, this.ackWait, this.requestsInFlight, this.firstBackoff, this.maxBackoff, this.pause,
				this.serviceName, this.deadLetterStream, this.deadLetterMaxAge, this.deadLetterMaxBytes);
		return new OtlpBridge(this.connection, settings, this.streams, new OtlpHttpSender(this.target),
				this.shutdownTimeout, this.faults);
	}

}
