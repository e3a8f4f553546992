// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps metrics at home unless an OTLP endpoint is named. Boot would push them to
 * {@code localhost:4318} and log a failure every minute where nobody listens.
 */
final class OtlpMetricsSwitch implements EnvironmentPostProcessor {

	private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		boolean named = environment.containsProperty(ENDPOINT);
		environment.getPropertySources()
			.addLast(new MapPropertySource("orderflowOtlpMetrics",
					Map.of("management.otlp.metrics.export.enabled", named)));
	}

}
