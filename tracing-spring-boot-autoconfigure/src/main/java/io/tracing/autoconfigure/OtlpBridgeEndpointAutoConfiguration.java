// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.bridge.OtlpBridge;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for {@link OtlpBridgeEndpoint}.
 */
@AutoConfiguration(after = OtlpBridgeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(OtlpBridge.class)
@ConditionalOnAvailableEndpoint(OtlpBridgeEndpoint.class)
public final class OtlpBridgeEndpointAutoConfiguration {

	OtlpBridgeEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	OtlpBridgeEndpoint otlpBridgeEndpoint(OtlpBridge bridge) {
		return new OtlpBridgeEndpoint(bridge);
	}

}
