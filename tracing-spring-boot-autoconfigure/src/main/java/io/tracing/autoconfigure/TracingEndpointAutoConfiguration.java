// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.messaging.Faults;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for {@link TracingEndpoint}.
 */
@AutoConfiguration(after = TracingAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(TracingEndpoint.class)
public final class TracingEndpointAutoConfiguration {

	TracingEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TracingEndpoint tracingEndpoint(TracingSource source, TracingReport report, TracingProperties properties,
			Faults faults) {
		return new TracingEndpoint(source, report, properties, faults);
	}

}
