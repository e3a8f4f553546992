// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.ConsumerInfo;
import io.tracing.orderflow.backend.OtlpBackend;
import io.tracing.orderflow.terminal.TraceCollector;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The way of telemetry by NATS, in this JVM: a bridge in an application context of its
 * own drains the stream into a backend that hands the spans to the collector.
 */
final class StreamedTelemetry implements AutoCloseable {

	private static final String STREAM = "TELEMETRY";

	private final String nats;

	private final OtlpBackend backend;

	private final ConfigurableApplicationContext bridge;

	private StreamedTelemetry(String nats, OtlpBackend backend, ConfigurableApplicationContext bridge) {
		this.nats = nats;
		this.backend = backend;
		this.bridge = bridge;
	}

	static StreamedTelemetry start(String nats, TraceCollector traces) {
		OtlpBackend backend = OtlpBackend.start(traces::add);
		try {
			return new StreamedTelemetry(nats, backend,
					new ServiceLauncher(Role.BRIDGE).withoutShutdownHook()
						.defaults(Logging.DEFAULTS)
						.set("server.port", 0)
						.set("tracing.telemetry.nats.servers", nats)
						.set("tracing.bridge.endpoint", backend.url())
						.set("tracing.bridge.flush-interval", "1s")
						.start(List.of()));
		}
		catch (RuntimeException ex) {
			backend.close();
			throw ex;
		}
	}

	/**
	 * What makes a service publish to the stream, soon enough for people who look on.
	 * @param nats where NATS is
	 */
	static Map<String, Object> publisher(String nats) {
		return Map.of("tracing.telemetry.enabled", true, "tracing.telemetry.nats.servers", nats,
				"management.opentelemetry.tracing.export.schedule-delay", "200ms",
				"management.opentelemetry.logging.export.schedule-delay", "200ms",
				"management.otlp.metrics.export.enabled", true, "management.otlp.metrics.export.step", "2s");
	}

	Map<String, Object> publisher() {
		return publisher(this.nats);
	}

	String url() {
		return this.backend.url();
	}

	/** Says in one line which way telemetry took, and how much came through. */
	String summary() {
		return "Telemetry went from the services to stream " + STREAM + " on " + this.nats + ", by the OTLP bridge to "
				+ this.backend.url() + ": " + this.backend.counts();
	}

	/**
	 * Whether the bridge has exported every span that is in the stream now.
	 */
	boolean isDrained() {
		try {
			ConsumerInfo spans = connection().jetStreamManagement().getConsumerInfo(STREAM, "otlp-bridge-spans");
			return spans.getNumPending() == 0 && spans.getNumAckPending() == 0;
		}
		catch (IOException | JetStreamApiException ex) {
			// It is asked again.
			return false;
		}
	}

	/** The bridge's own, which is not traced. */
	private Connection connection() {
		return (Connection) this.bridge.getBean("telemetryConnection", Supplier.class).get();
	}

	@Override
	public void close() {
		try (this.backend) {
			this.bridge.close();
		}
	}

}
