// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import io.nats.client.Connection;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.tracing.messaging.Faults;
import io.tracing.micrometer.TelemetryMetrics;
import io.tracing.telemetry.JetStreamLogRecordExporter;
import io.tracing.telemetry.JetStreamMetricExporter;
import io.tracing.telemetry.JetStreamMetricsSender;
import io.tracing.telemetry.JetStreamSpanExporter;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.TelemetryStream;
import io.tracing.telemetry.wire.Signal;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the exporters that publish to a stream. Boot's batch processors
 * and its metrics registry find them by their types; Boot's own exporters stay beside
 * them.
 */
// Before that of Boot's metrics, which makes a sender where there is none.
@AutoConfiguration(after = TelemetryConnectionAutoConfiguration.class,
		beforeName = "org.springframework.boot.micrometer.metrics.autoconfigure.export.otlp.OtlpMetricsExportAutoConfiguration")
@ConditionalOnBooleanProperty("tracing.telemetry.enabled")
public final class TelemetryAutoConfiguration {

	TelemetryAutoConfiguration() {
	}

	private static InvalidTracingPropertyException missing(String library, String dependency) {
		return new InvalidTracingPropertyException("tracing.telemetry.enabled", true,
				library + " is not on the class path", "Add the dependency '%s'.".formatted(dependency));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Connection.class, OpenTelemetrySdk.class, OtlpHttpSpanExporter.class })
	static class ExporterConfiguration {

		@Bean
		TelemetryFlush telemetryFlush(ObjectProvider<StreamPublisher> publisher,
				ObjectProvider<OpenTelemetry> openTelemetry, TelemetryProperties properties) {
			return new TelemetryFlush(publisher, openTelemetry, properties.flushTimeout());
		}

		@Bean
		@ConditionalOnMissingBean
		StreamPublisher telemetryPublisher(TelemetryConnection connection, TelemetryStream stream,
				TelemetryProperties properties, Faults faults, ObjectProvider<TelemetryFlush> flush) {
			// Made here, and not depended on: it is to outlive what it flushes.
			flush.getObject();
			return new StreamPublisher(connection, stream, properties.bufferSize().toBytes(), properties.flushTimeout(),
					faults);
		}

		@Bean
		TelemetryLifecycle telemetryLifecycle(StreamPublisher publisher, TelemetryConnection connection,
				TelemetryFlush flush, TelemetryProperties properties, TelemetryStream stream, TracingReport report) {
			report.remark("Telemetry: %s to the stream '%s' as %s".formatted(
					properties.signals()
						.stream()
						.sorted(Comparator.naturalOrder())
						.map(Signal::text)
						.collect(Collectors.joining(", ")),
					stream.name(), properties.format().name().toLowerCase(Locale.ROOT)));
			return new TelemetryLifecycle(publisher, connection, flush);
		}

		@Bean
		@ConditionalOnMissingBean
		@Conditional(OnTelemetrySignal.Spans.class)
		JetStreamSpanExporter jetStreamSpanExporter(StreamPublisher publisher, TelemetryProperties properties) {
			return new JetStreamSpanExporter(publisher, properties.format());
		}

		@Bean
		@ConditionalOnMissingBean
		@Conditional(OnTelemetrySignal.Logs.class)
		JetStreamLogRecordExporter jetStreamLogRecordExporter(StreamPublisher publisher,
				TelemetryProperties properties) {
			return new JetStreamLogRecordExporter(publisher, properties.format());
		}

		// For a reader of the user's: Boot has none for the metrics of OpenTelemetry.
		@Bean
		@ConditionalOnMissingBean
		@Conditional(OnTelemetrySignal.Metrics.class)
		JetStreamMetricExporter jetStreamMetricExporter(StreamPublisher publisher, TelemetryProperties properties) {
			return new JetStreamMetricExporter(publisher, properties.format());
		}

		private static JetStreamMetricsSender sender(StreamPublisher publisher, ObjectProvider<Resource> resource,
				Environment environment) {
			return new JetStreamMetricsSender(publisher,
					resource.stream()
						.findFirst()
						.map(JetStreamMetricsSender::service)
						.orElseGet(() -> environment.getProperty("spring.application.name", "unknown_service")));
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass({ OtlpMetricsSender.class, MeterRegistry.class })
		@Conditional(OnTelemetrySignal.Metrics.class)
		static class MicrometerConfiguration {

			// Where nobody said where else to send metrics, Boot would try localhost.
			@Bean
			@ConditionalOnMissingBean(OtlpMetricsSender.class)
			@Conditional(OnTelemetrySignal.NoMetricsUrl.class)
			JetStreamMetricsSender jetStreamMetricsSender(StreamPublisher publisher, ObjectProvider<Resource> resource,
					Environment environment) {
				return sender(publisher, resource, environment);
			}

			@Bean
			@ConditionalOnProperty("management.otlp.metrics.export.url")
			static MetricsSenderBeanPostProcessor telemetryMetricsSenderBeanPostProcessor(
					ObjectProvider<StreamPublisher> publisher, ObjectProvider<Resource> resource,
					Environment environment) {
				return new MetricsSenderBeanPostProcessor(() -> sender(publisher.getObject(), resource, environment));
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(MeterRegistry.class)
		static class MeterConfiguration {

			@Bean
			@ConditionalOnMissingBean
			TelemetryMetrics telemetryMetrics(StreamPublisher publisher) {
				return new TelemetryMetrics(publisher);
			}

		}

	}

	// What was asked for and can't be is told, unlike what nobody asked for.

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("io.nats.client.Connection")
	static class WithoutNats {

		WithoutNats() {
			throw missing("jnats", "io.nats:jnats");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter")
	static class WithoutExporter {

		WithoutExporter() {
			throw missing("the OTLP exporter of OpenTelemetry", "io.opentelemetry:opentelemetry-exporter-otlp");
		}

	}

}
