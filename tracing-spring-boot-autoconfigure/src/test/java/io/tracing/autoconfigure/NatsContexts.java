// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.nats.client.Connection;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.Spans;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Small application contexts for connections to a real server, and what must be true of
 * each traced connection.
 */
final class NatsContexts {

	static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private NatsContexts() {
	}

	/**
	 * Without an OpenTelemetry and without Kafka.
	 */
	static ApplicationContextRunner bare() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TracingAutoConfiguration.class,
				NatsTracingAutoConfiguration.class, TracingEndpointAutoConfiguration.class));
	}

	/**
	 * With Boot's OpenTelemetry, which samples everything and shows its spans.
	 */
	static ApplicationContextRunner traced() {
		return bare()
			.withConfiguration(AutoConfigurations.of(OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class))
			.withBean(Spans.class, Spans::new)
			.withPropertyValues("management.tracing.sampling.probability=1");
	}

	static Connection connect() {
		return NatsServer.shared().connect();
	}

	static String line(ApplicationContext context) {
		return context.getBean(StartupLine.class).text();
	}

	/**
	 * Publish and handle one message: it has one span of each, and they are one trace.
	 */
	static void assertTracedOnce(ApplicationContext context, Connection connection) {
		String subject = NatsServer.newName("once");
		connection.createDispatcher((message) -> {
		}).subscribe(subject);
		connection.publish(subject, BODY);
		Spans spans = context.getBean(Spans.class);
		SpanData process = spans.await("process " + subject);
		spans.awaitNoneOpen();
		List<SpanData> all = spans.ended().stream().filter((span) -> span.getName().endsWith(subject)).toList();
		assertThat(all).extracting(SpanData::getName)
			.containsExactlyInAnyOrder("publish " + subject, "process " + subject);
		assertThat(process.getParentSpanId()).isEqualTo(spans.await("publish " + subject).getSpanId());
	}

}
