// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.util.UUID;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.NatsServer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Application contexts with a bridge that does not wait long, and spans for it to export.
 */
final class OtlpBridgeContext {

	private OtlpBridgeContext() {
	}

	static ApplicationContextRunner of(NatsServer nats, String endpoint) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TracingAutoConfiguration.class,
					TelemetryConnectionAutoConfiguration.class, OtlpBridgeAutoConfiguration.class,
					OtlpBridgeEndpointAutoConfiguration.class, MetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("tracing.bridge.enabled=true", "tracing.bridge.endpoint=" + endpoint,
					"tracing.telemetry.nats.servers=" + nats.url(), "tracing.bridge.flush-interval=1s",
					"tracing.bridge.retry-delay=50ms", "tracing.bridge.backoff.initial=50ms",
					"tracing.bridge.backoff.max=200ms", "tracing.bridge.pause=200ms",
					"management.endpoints.web.exposure.include=otlpbridge");
	}

	/**
	 * Publish a span as an application does.
	 * @param nats where to
	 * @param name the name of the span
	 */
	static void publishSpan(NatsServer nats, String name) {
		byte[] id = ByteString.copyFromUtf8(UUID.randomUUID().toString()).toByteArray();
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		request.addResourceSpansBuilder()
			.addScopeSpansBuilder()
			.addSpans(Span.newBuilder()
				.setTraceId(ByteString.copyFrom(id, 0, 16))
				.setSpanId(ByteString.copyFrom(id, 0, 8))
				.setName(name)
				.setKind(Span.SpanKind.SPAN_KIND_INTERNAL)
				.setStartTimeUnixNano(1_700_000_000_000_000_000L)
				.setEndTimeUnixNano(1_700_000_000_001_000_000L));
		publish(nats, Signal.SPANS.subjectPrefix() + "orders", request.build().toByteArray());
	}

	@SuppressWarnings("try") // Closing can be interrupted.
	static void publish(NatsServer nats, String subject, byte[] body) {
		try (Connection connection = nats.connect()) {
			connection.jetStream()
				.publish(NatsMessage.builder()
					.subject(subject)
					.headers(new Headers().add("Content-Type", "application/x-protobuf"))
					.data(body)
					.build());
		}
		catch (IOException | JetStreamApiException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

}
