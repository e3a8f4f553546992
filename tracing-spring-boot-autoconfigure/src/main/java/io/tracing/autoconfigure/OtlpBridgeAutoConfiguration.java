// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Connection;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.OtlpHttpOptions;
import io.tracing.messaging.Faults;
import io.tracing.micrometer.OtlpBridgeMetrics;
import io.tracing.telemetry.TelemetryStream;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the bridge that drains the stream of telemetry into a backend.
 */
@AutoConfiguration(after = { TelemetryConnectionAutoConfiguration.class, SslAutoConfiguration.class })
@ConditionalOnBooleanProperty("tracing.bridge.enabled")
public final class OtlpBridgeAutoConfiguration {

	OtlpBridgeAutoConfiguration() {
	}

	private static InvalidTracingPropertyException missing(String library, String dependency) {
		return new InvalidTracingPropertyException("tracing.bridge.enabled", true,
				library + " is not on the class path", "Add the dependency '%s'.".formatted(dependency));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Connection.class, ExportTraceServiceRequest.class })
	@EnableConfigurationProperties(OtlpBridgeProperties.class)
	static class BridgeConfiguration {

		@Bean
		@ConditionalOnMissingBean
		OtlpHttpOptions otlpBridgeBackend(OtlpBridgeProperties properties, Environment environment,
				ObjectProvider<SslBundles> bundles) {
			return OtlpBackend.of(properties, environment, bundles.getIfAvailable());
		}

		@Bean
		@ConditionalOnMissingBean
		OtlpBridge otlpBridge(TelemetryConnection connection, OtlpHttpOptions backend, TelemetryStream stream,
				OtlpBridgeProperties properties, Faults faults) {
			OtlpBridgeProperties.DeadLetter deadLetter = properties.deadLetter();
			return OtlpBridge.builder(connection, backend)
				.streams(stream::createIfMissing)
				.stream(stream.name())
				.durable(properties.durable())
				.signals(properties.signals())
				.durablePerSignal(properties.durablePerSignal())
				.batchSize(properties.batchSize())
				.maxBatchBytes(Math.toIntExact(properties.maxBatchBytes().toBytes()))
				.flushInterval(properties.flushInterval())
				.maxDeliveries(properties.maxDeliveries())
				.retryDelay(properties.retryDelay())
				.ackWait(properties.ackWait())
				.requestsInFlight(properties.requestsInFlight())
				.backoff(properties.backoff().initial(), properties.backoff().max())
				.pause(properties.pause())
				.shutdownTimeout(properties.shutdownTimeout())
				.serviceName(properties.serviceName())
				.deadLetters(deadLetter.stream(), deadLetter.maxAge(), deadLetter.maxSize().toBytes())
				.faults(faults)
				.build();
		}

		@Bean
		OtlpBridgeLifecycle otlpBridgeLifecycle(OtlpBridge bridge, OtlpHttpOptions backend, TelemetryStream stream,
				OtlpBridgeProperties properties, TracingReport report) {
			report.remark(
					"OTLP bridge: stream '%s' to %s".formatted(stream.name(), backend.endpoints(properties.signals())));
			return new OtlpBridgeLifecycle(bridge);
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
		@ConditionalOnEnabledHealthIndicator("otlp-bridge")
		static class HealthConfiguration {

			@Bean
			@ConditionalOnMissingBean(name = "otlpBridgeHealthIndicator")
			OtlpBridgeHealthIndicator otlpBridgeHealthIndicator(OtlpBridge bridge, OtlpBridgeProperties properties) {
				return new OtlpBridgeHealthIndicator(bridge, properties.health().maxAge());
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(MeterRegistry.class)
		static class MetricsConfiguration {

			@Bean
			@ConditionalOnMissingBean
			OtlpBridgeMetrics otlpBridgeMetrics(OtlpBridge bridge) {
				return new OtlpBridgeMetrics(bridge);
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
	@ConditionalOnMissingClass("io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest")
	static class WithoutProto {

		WithoutProto() {
			throw missing("opentelemetry-proto", "io.opentelemetry.proto:opentelemetry-proto");
		}

	}

}
