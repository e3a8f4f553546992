// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.nats.client.Connection;
import io.tracing.telemetry.TelemetryStream;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration for what those that publish telemetry to a stream share with the
 * bridge that drains it: the connection, and what the stream looks like.
 */
@AutoConfiguration(after = TracingAutoConfiguration.class)
@ConditionalOnClass(Connection.class)
@Conditional(TelemetryConnectionAutoConfiguration.OnTelemetryOrBridge.class)
@EnableConfigurationProperties(TelemetryProperties.class)
public final class TelemetryConnectionAutoConfiguration {

	TelemetryConnectionAutoConfiguration() {
	}

	@Bean
	TelemetryConnection telemetryConnection(TelemetryProperties properties, ConfigurableListableBeanFactory beans) {
		return new TelemetryConnection(properties.nats(), beans);
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryStream telemetryStream(TelemetryProperties properties) {
		TelemetryProperties.Stream stream = properties.stream();
		return new TelemetryStream(stream.name(), stream.maxAge(), stream.maxSize().toBytes(), stream.replicas());
	}

	/** Matches where there is something that needs the stream. */
	static final class OnTelemetryOrBridge extends AnyNestedCondition {

		OnTelemetryOrBridge() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBooleanProperty("tracing.telemetry.enabled")
		static final class Telemetry {

		}

		@ConditionalOnBooleanProperty("tracing.bridge.enabled")
		static final class Bridge {

		}

	}

}
