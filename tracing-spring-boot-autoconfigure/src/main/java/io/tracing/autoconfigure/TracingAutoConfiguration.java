// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.MessagingTracingBuilder;
import io.tracing.messaging.SpanTemplate;
import io.tracing.micrometer.MicrometerMessagingMetrics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for what every broker shares.
 */
@AutoConfiguration(afterName = { "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
		"org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration" })
@EnableConfigurationProperties(TracingProperties.class)
public final class TracingAutoConfiguration {

	TracingAutoConfiguration() {
	}

	@Bean
	TracingSource tracingSource(TracingProperties properties, ObjectProvider<OpenTelemetry> openTelemetry,
			Environment environment) {
		return TracingSource.resolve(properties.enabled(), openTelemetry, environment);
	}

	@Bean
	TracingReport tracingReport() {
		return new TracingReport();
	}

	@Bean
	@ConditionalOnMissingBean
	Faults tracingFaults(TracingProperties properties) {
		return new Faults(properties.warningInterval());
	}

	@Bean
	@ConditionalOnMissingBean
	MessagingTracing messagingTracing(TracingSource source, TracingProperties properties, Faults faults,
			ObjectProvider<MessagingMetrics> metrics) {
		MessagingTracingBuilder builder = MessagingTracing.builder(source.openTelemetry())
			.conventions(properties.conventions())
			.consumerParent(properties.consumer().parent())
			.faults(faults);
		SdkSpanLimits.tell(builder, source.openTelemetry());
		if (!properties.metrics().enabled() || !source.isPresent()) {
			builder.metrics(MessagingMetrics.NONE);
		}
		else {
			metrics.ifAvailable(builder::metrics);
		}
		return builder.build();
	}

	@Bean
	@ConditionalOnMissingBean
	Tracer tracer(TracingSource source, TracingProperties properties) {
		return MessagingTracing.tracer(source.openTelemetry(), properties.conventions());
	}

	@Bean
	@ConditionalOnMissingBean
	SpanTemplate spanTemplate(TracingSource source, TracingProperties properties, Faults faults) {
		// Not the Tracer bean: Boot's has Boot's instrumentation scope.
		return new SpanTemplate(MessagingTracing.tracer(source.openTelemetry(), properties.conventions()), faults);
	}

	@Bean
	StartupLine tracingStartupLine(TracingSource source, TracingReport report) {
		return new StartupLine(source, report);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MicrometerConfiguration {

		// Null where there is no registry would be a NullBean: the provider decides.
		@Bean
		@ConditionalOnMissingBean
		MessagingMetrics messagingMetrics(ObjectProvider<MeterRegistry> registry, TracingSource source,
				TracingProperties properties) {
			MeterRegistry unique = registry.getIfUnique();
			return (unique != null) ? new MicrometerMessagingMetrics(unique)
					: MessagingMetrics.of(source.openTelemetry(), properties.conventions());
		}

	}

}
