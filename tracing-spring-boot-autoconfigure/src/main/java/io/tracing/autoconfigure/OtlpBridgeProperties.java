// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the bridge drains, and where to. Where the stream is, is told by
 * {@code tracing.telemetry.nats} and {@code tracing.telemetry.stream}.
 *
 * @param enabled Whether this application drains the stream of telemetry into a backend.
 * @param endpoint URL of the backend, to which '/v1/traces', '/v1/logs' and '/v1/metrics'
 * are added. Stronger than OTEL_EXPORTER_OTLP_ENDPOINT.
 * @param headers Headers to send with every request, such as 'Authorization'.
 * @param timeout How long a request to the backend may take.
 * @param compression Compression of requests.
 * @param sslBundle SSL bundle with the certificates to trust and the key to show.
 * @param spans Settings of the spans alone.
 * @param logs Settings of the logs alone.
 * @param metrics Settings of the metrics alone.
 * @param durable Durable consumer that is drained, or what the names of those of each
 * signal begin with. Bridges that share it share the work.
 * @param signals Kinds of telemetry that are drained. The rest stays in the stream, for
 * another bridge.
 * @param durablePerSignal Whether each signal has a durable consumer of its own, so that
 * one that the backend does not take does not hold up the others.
 * @param batchSize Messages that are fetched and sent together, at most.
 * @param maxBatchBytes Size of the messages that are fetched together, at most.
 * @param flushInterval How long a batch waits to become full.
 * @param maxDeliveries How often a record is tried that the backend fails over. An outage
 * does not count.
 * @param retryDelay Wait between two tries of a record that the backend fails over.
 * @param ackWait How long the server waits for a sign of life of the bridge before it
 * delivers a message again. For a consumer that is created.
 * @param requestsInFlight Requests of a signal that are under way at the same time, at
 * most.
 * @param pause Wait after an answer that only a change of the configuration mends, such
 * as 401 or 404.
 * @param backoff Waits in an outage of NATS or of the backend.
 * @param shutdownTimeout How long a stop may take to finish what is under way.
 * @param serviceName Service of records that name none.
 * @param deadLetter Settings of the stream for what can't be exported.
 * @param health Settings of the health indicator.
 */
@ConfigurationProperties("tracing.bridge")
record OtlpBridgeProperties(@DefaultValue("false") boolean enabled, @Nullable String endpoint,
		@DefaultValue Map<String, String> headers, @Nullable Duration timeout, @Nullable Compression compression,
		@Nullable String sslBundle, @DefaultValue Target spans, @DefaultValue Target logs, @DefaultValue Target metrics,
		@DefaultValue("otlp-bridge") String durable, @DefaultValue( {
				"spans", "logs", "metrics" }) Set<Signal> signals,
		@DefaultValue("true") boolean durablePerSignal, @DefaultValue("100") int batchSize,
		@DefaultValue("8MB") DataSize maxBatchBytes, @DefaultValue("5s") Duration flushInterval,
		@DefaultValue("4") int maxDeliveries, @DefaultValue("5s") Duration retryDelay,
		@DefaultValue("30s") Duration ackWait, @DefaultValue("4") int requestsInFlight,
		@DefaultValue("1m") Duration pause, @DefaultValue Backoff backoff,
		@DefaultValue("10s") Duration shutdownTimeout, @DefaultValue("dagnats") String serviceName,
		@DefaultValue DeadLetter deadLetter, @DefaultValue Health health){

	private static final String PREFIX = "tracing.bridge.";

	// jnats asks the server for no shorter fetch.
	private static final Duration MIN_FLUSH_INTERVAL = Duration.ofSeconds(1);

	// Signs of life are sent once a second at most.
	private static final Duration MIN_ACK_WAIT = Duration.ofSeconds(3);

	OtlpBridgeProperties {
		name("durable", durable, "otlp-bridge");
		if (signals.isEmpty()) {
			throw invalid("signals", "", "nothing would be drained", "Set it to some of spans, logs, metrics.");
		}
		if (!durablePerSignal && signals.size() < Signal.values().length) {
			throw invalid("durable-per-signal", false, "one consumer for all signals delivers all of them",
					"Set it to true, or leave tracing.bridge.signals as it is.");
		}
		count("batch-size", batchSize, 100);
		count("max-deliveries", maxDeliveries, 4);
		count("requests-in-flight", requestsInFlight, 4);
		if (maxBatchBytes.toBytes() < 1 || maxBatchBytes.toBytes() > Integer.MAX_VALUE) {
			throw invalid("max-batch-bytes", maxBatchBytes, "a batch has to fit into memory",
					"Set it to a size up to 2GB, such as 8MB.");
		}
		atLeast("flush-interval", flushInterval, MIN_FLUSH_INTERVAL, "5s");
		atLeast("ack-wait", ackWait, MIN_ACK_WAIT, "30s");
		notNegative("retry-delay", retryDelay, "5s");
		positive("pause", pause, "1m");
		notNegative("shutdown-timeout", shutdownTimeout, "10s");
		if (serviceName.isBlank()) {
			throw invalid("service-name", serviceName, "it is blank", "Set it to the name of a service.");
		}
	}

	Target target(Signal signal) {
		return switch (signal) {
			case SPANS -> this.spans;
			case LOGS -> this.logs;
			case METRICS -> this.metrics;
		};
	}

	private static void count(String name, int value, int example) {
		if (value < 1) {
			throw invalid(name, value, "less than one does nothing",
					"Set it to 1 or more, such as %d.".formatted(example));
		}
	}

	private static void atLeast(String name, Duration value, Duration least, String example) {
		if (value.compareTo(least) < 0) {
			throw invalid(name, value, "it is shorter than %ds".formatted(least.toSeconds()),
					"Set it to %ds or more, such as %s.".formatted(least.toSeconds(), example));
		}
	}

	private static void positive(String name, Duration value, String example) {
		if (value.isNegative() || value.isZero()) {
			throw invalid(name, value, "the bridge would try without end and without rest",
					"Set it to a time such as %s.".formatted(example));
		}
	}

	private static void notNegative(String name, Duration value, String example) {
		if (value.isNegative()) {
			throw invalid(name, value, "a duration can't be negative",
					"Set it to zero, or to a time such as %s.".formatted(example));
		}
	}

	private static void name(String name, String value, String example) {
		if (!value.matches("[^\\s.*>/\\\\\\p{Cntrl}]+")) {
			throw invalid(name, value, "NATS takes no such name",
					"Use a name without white space, '.', '*', '>', '/' and '\\', such as %s.".formatted(example));
		}
	}

	private static InvalidTracingPropertyException invalid(String name, Object value, String reason, String mend) {
		return new InvalidTracingPropertyException(PREFIX + name, value, reason, mend);
	}

	/** Without the values of headers, which are secrets. */
	@Override
	public String toString() {
		return "OtlpBridgeProperties[endpoint=%s, headers=%s]".formatted(this.endpoint, this.headers.keySet());
	}

	/**
	 * Compression of requests.
	 */
	enum Compression {

		/** Not at all. */
		NONE,

		/** With gzip. */
		GZIP

	}

	/**
	 * Settings of one signal alone.
	 *
	 * @param endpoint URL for this signal, to which nothing is added.
	 * @param headers Headers to send with the requests of this signal, in place of those
	 * of all.
	 * @param timeout How long a request of this signal may take.
	 * @param compression Compression of the requests of this signal.
	 */
	record Target(@Nullable String endpoint, @DefaultValue Map<String, String> headers, @Nullable Duration timeout,
			@Nullable Compression compression) {

		/** Without the values of headers, which are secrets. */
		@Override
		public String toString() {
			return "Target[endpoint=%s, headers=%s]".formatted(this.endpoint, this.headers.keySet());
		}

	}

	/**
	 * Waits in an outage of NATS or of the backend.
	 *
	 * @param initial Wait after the first failure. It doubles with each further one.
	 * @param max Longest wait.
	 */
	record Backoff(@DefaultValue("1s") Duration initial, @DefaultValue("1m") Duration max) {

		Backoff {
			positive("backoff.initial", initial, "1s");
			if (max.compareTo(initial) < 0) {
				throw invalid("backoff.max", max, "it is shorter than the first wait",
						"Set it to tracing.bridge.backoff.initial or more, such as 1m.");
			}
		}

	}

	/**
	 * Settings of the stream for what can't be exported.
	 *
	 * @param stream Name of the stream. It is created if it is missing.
	 * @param maxAge How long dead letters are kept. Zero means no limit.
	 * @param maxSize How much of them is kept. Beyond, the oldest goes.
	 */
	record DeadLetter(@DefaultValue("TELEMETRY_DLQ") String stream, @DefaultValue("7d") Duration maxAge,
			@DefaultValue("1GB") DataSize maxSize) {

		DeadLetter {
			name("dead-letter.stream", stream, "TELEMETRY_DLQ");
			if (maxAge.isNegative() || !maxAge.isZero() && maxAge.compareTo(Duration.ofMillis(100)) < 0) {
				throw invalid("dead-letter.max-age", maxAge, "no stream keeps its messages for so short a time",
						"Set it to a time such as 7d, or to zero for no limit.");
			}
			if (maxSize.toBytes() <= 0) {
				throw invalid("dead-letter.max-size", maxSize, "a stream without room keeps nothing",
						"Set it to a size such as 1GB.");
			}
		}

	}

	/**
	 * Settings of the health indicator.
	 *
	 * @param maxAge Age of the oldest record that is not exported from which on the
	 * health is DOWN.
	 */
	record Health(@DefaultValue("5m") Duration maxAge) {

		Health {
			if (maxAge.isNegative() || maxAge.isZero()) {
				throw invalid("health.max-age", maxAge, "every record has some age", "Set it to a time such as 5m.");
			}
		}

	}

}
