// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.testing.NatsServer;
import io.tracing.testing.OtlpReceiver;
import io.tracing.testing.Received;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Exporters and the bridge in one application: its own telemetry goes into the stream and
 * comes out at the backend, and that way makes no telemetry of its own.
 */
class EmbeddedBridgeIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final NatsServer nats = NatsServer.start();

	private final OtlpReceiver backend = OtlpReceiver.start();

	@AfterEach
	void close() {
		this.backend.close();
		this.nats.close();
	}

	@Test
	void telemetryOfTheApplicationArrivesByTheStream() {
		try (ConfigurableApplicationContext context = start()) {
			context.getBean(OpenTelemetry.class)
				.getTracer("orders")
				.spanBuilder("price")
				.setAttribute("order.id", "42")
				.startSpan()
				.end();
			context.getBean(OpenTelemetry.class)
				.getLogsBridge()
				.get("orders")
				.logRecordBuilder()
				.setBody("priced")
				.emit();
			context.getBean(MeterRegistry.class).counter("orders.priced").increment();
			assertThat(this.backend.awaitSpans(1)).singleElement().satisfies((span) -> {
				assertThat(span.service()).isEqualTo("shop");
				assertThat(span.record().getName()).isEqualTo("price");
				assertThat(span.record().getAttributesList()).singleElement()
					.satisfies((attribute) -> assertThat(attribute.getValue().getStringValue()).isEqualTo("42"));
			});
			assertThat(this.backend.awaitLogRecords(1)).singleElement()
				.satisfies((log) -> assertThat(log.record().getBody().getStringValue()).isEqualTo("priced"));
			await().atMost(LIMIT)
				.untilAsserted(() -> assertThat(this.backend.metrics()).extracting(Received::record)
					.extracting(Metric::getName)
					.contains("orders.priced", "tracing.bridge.exported"));
			assertThat(context.getBean(StartupLine.class).text()).contains(
					"Telemetry: spans, logs, metrics to the stream 'TELEMETRY' as otlp",
					"OTLP bridge: stream 'TELEMETRY' to " + this.backend.url() + "/v1/traces");
			assertThat(context.getBean(OtlpBridgeHealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
		}
		assertThat(this.backend.spans()).extracting(Received::record)
			.extracting(Span::getName)
			.containsExactly("price");
		assertThat(this.backend.faults()).isEmpty();
	}

	@Test
	void whatTheStopFlushesIsDrainedByTheNextStart() {
		try (ConfigurableApplicationContext context = start(
				"--management.opentelemetry.tracing.export.schedule-delay=1h")) {
			await().atMost(LIMIT)
				.until(() -> context.getBean(OtlpBridgeHealthIndicator.class).health().getStatus().equals(Status.UP));
			context.getBean(OpenTelemetry.class).getTracer("orders").spanBuilder("last").startSpan().end();
		}
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.isRunning()).isTrue();
			assertThat(this.backend.awaitSpans(1)).extracting(Received::record)
				.extracting(Span::getName)
				.containsExactly("last");
		}
	}

	private ConfigurableApplicationContext start(String... arguments) {
		return TelemetryApplication.start(this.nats,
				TelemetryApplication.with(arguments, "--tracing.bridge.enabled=true",
						"--tracing.bridge.endpoint=" + this.backend.url(), "--tracing.bridge.flush-interval=1s",
						"--management.otlp.metrics.export.step=1s"));
	}

}
