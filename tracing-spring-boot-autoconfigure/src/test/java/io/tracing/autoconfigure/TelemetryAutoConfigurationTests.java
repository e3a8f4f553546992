// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import io.nats.client.Connection;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracing.messaging.Faults;
import io.tracing.micrometer.TelemetryMetrics;
import io.tracing.telemetry.JetStreamLogRecordExporter;
import io.tracing.telemetry.JetStreamMetricExporter;
import io.tracing.telemetry.JetStreamMetricsSender;
import io.tracing.telemetry.JetStreamSpanExporter;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.TelemetryFormat;
import io.tracing.telemetry.TelemetryStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.otlp.OtlpMetricsExportAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which beans of telemetry there are, and which of Boot's and the user's stay. NATS is
 * not there: nothing here waits for it.
 */
class TelemetryAutoConfigurationTests {

	private final ApplicationContextRunner off = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TracingAutoConfiguration.class, NatsTracingAutoConfiguration.class,
				TelemetryConnectionAutoConfiguration.class, TelemetryAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MetricsAutoConfiguration.class, OtlpMetricsExportAutoConfiguration.class))
		.withPropertyValues("tracing.telemetry.nats.servers=nats://localhost:1", "tracing.telemetry.flush-timeout=0",
				"management.otlp.metrics.export.step=1h");

	private final ApplicationContextRunner on = this.off.withPropertyValues("tracing.telemetry.enabled=true");

	@Test
	void isOffByDefault() {
		this.off.run((context) -> {
			assertThat(context).doesNotHaveBean(TelemetryConnection.class)
				.doesNotHaveBean(TelemetryStream.class)
				.doesNotHaveBean(StreamPublisher.class)
				.doesNotHaveBean(SpanExporter.class)
				.hasSingleBean(OtlpHttpMetricsSender.class);
			assertThat(context.getBean(StartupLine.class).text()).doesNotContain("Telemetry:");
		});
	}

	@Test
	void bridgeAloneHasTheConnectionAndNoExporters() {
		this.off.withPropertyValues("tracing.bridge.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(TelemetryConnection.class)
				.hasSingleBean(TelemetryStream.class)
				.doesNotHaveBean(StreamPublisher.class)
				.doesNotHaveBean(SpanExporter.class));
	}

	@Test
	void allSignalsHaveTheirExporters() {
		this.on.run((context) -> {
			assertThat(context).hasSingleBean(JetStreamSpanExporter.class)
				.hasSingleBean(JetStreamLogRecordExporter.class)
				.hasSingleBean(JetStreamMetricExporter.class)
				.hasSingleBean(JetStreamMetricsSender.class)
				.doesNotHaveBean(OtlpHttpMetricsSender.class)
				.hasSingleBean(TelemetryMetrics.class);
			assertThat(context.getBean(StartupLine.class).text())
				.endsWith("Telemetry: spans, logs, metrics to the stream 'TELEMETRY' as otlp");
		});
	}

	@ParameterizedTest
	@CsvSource({ "spans, 1, 0, 0", "logs, 0, 1, 0", "metrics, 0, 0, 1", "'spans,metrics', 1, 0, 1" })
	void onlyTheSignalsThatAreNamedHaveExporters(String signals, int spans, int logs, int metrics) {
		this.on.withPropertyValues("tracing.telemetry.signals=" + signals).run((context) -> {
			assertThat(context.getBeansOfType(SpanExporter.class)).hasSize(spans);
			assertThat(context.getBeansOfType(LogRecordExporter.class)).hasSize(logs);
			assertThat(context.getBeansOfType(MetricExporter.class)).hasSize(metrics);
			assertThat(context.getBeansOfType(JetStreamMetricsSender.class)).hasSize(metrics);
		});
	}

	@ParameterizedTest
	@CsvSource({ "management.tracing.export.enabled, jetStreamSpanExporter",
			"management.logging.export.enabled, jetStreamLogRecordExporter",
			"management.defaults.metrics.export.enabled, jetStreamMetricExporter" })
	void bootsSwitchOfAllExportersIsHeard(String property, String exporter) {
		this.on.withPropertyValues(property + "=false").run((context) -> assertThat(context).doesNotHaveBean(exporter));
	}

	@Test
	void metricsThatHaveAnAddressGoThereAsWell() {
		this.on.withPropertyValues("management.otlp.metrics.export.url=http://localhost:1/v1/metrics")
			.run((context) -> assertThat(context.getBean(OtlpMetricsSender.class))
				.isNotInstanceOf(OtlpHttpMetricsSender.class)
				.isNotInstanceOf(JetStreamMetricsSender.class));
	}

	@Test
	void usersBeansWin() {
		this.on.withUserConfiguration(OfTheUser.class).run((context) -> {
			assertThat(context).hasSingleBean(StreamPublisher.class)
				.hasSingleBean(JetStreamSpanExporter.class)
				.hasSingleBean(TelemetryStream.class)
				.hasSingleBean(OtlpMetricsSender.class);
			for (String name : List.of("myPublisher", "mySpans", "myStream", "mySender")) {
				assertThat(context).hasBean(name);
			}
		});
	}

	@Test
	void metersTellWhatBecomesOfTelemetry() {
		this.on.run((context) -> {
			MeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(TelemetryMetrics.class).bindTo(registry);
			assertThat(registry.get("tracing.telemetry.published").tag("signal", "spans").functionCounter().count())
				.isZero();
			assertThat(registry.get("tracing.telemetry.dropped")
				.tag("signal", "logs")
				.tag("reason", "buffer_full")
				.functionCounter()
				.count()).isZero();
			assertThat(registry.get("tracing.telemetry.retried").functionCounter().count()).isZero();
			assertThat(registry.get("tracing.telemetry.buffer").gauge().value()).isZero();
		});
	}

	@Test
	void withoutMicrometerItExports() {
		this.on.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(JetStreamSpanExporter.class)
				.doesNotHaveBean(TelemetryMetrics.class));
	}

	@Test
	void missingLibrariesAreNamed() {
		this.on.withClassLoader(new FilteredClassLoader(Connection.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("jnats is not on the class path")
				.hasMessageContaining("io.nats:jnats"));
		this.on.withClassLoader(new FilteredClassLoader(OtlpHttpSpanExporter.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("io.opentelemetry:opentelemetry-exporter-otlp"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OfTheUser {

		@Bean
		TelemetryStream myStream(TelemetryProperties properties) {
			return new TelemetryStream("MINE", properties.stream().maxAge(), 1 << 20, 1);
		}

		@Bean
		StreamPublisher myPublisher(TelemetryConnection connection, TelemetryStream stream, Faults faults) {
			return new StreamPublisher(connection, stream, 1 << 20, Duration.ZERO, faults);
		}

		@Bean
		JetStreamSpanExporter mySpans(StreamPublisher publisher) {
			return new JetStreamSpanExporter(publisher, TelemetryFormat.DAGNATS);
		}

		@Bean
		OtlpMetricsSender mySender() {
			return (request) -> {
			};
		}

	}

}
