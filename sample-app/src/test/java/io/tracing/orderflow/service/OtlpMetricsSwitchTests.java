// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class OtlpMetricsSwitchTests {

	private static final String ENABLED = "management.otlp.metrics.export.enabled";

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void metricsStayAtHomeWithoutAnEndpoint() {
		process(Map.of());
		assertThat(this.environment.getProperty(ENABLED)).isEqualTo("false");
	}

	@Test
	void metricsAreExportedWhereAnEndpointIsNamed() {
		process(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"));
		assertThat(this.environment.getProperty(ENABLED)).isEqualTo("true");
	}

	@Test
	void choiceOfTheUserWins() {
		process(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", ENABLED, "false"));
		assertThat(this.environment.getProperty(ENABLED)).isEqualTo("false");
	}

	private void process(Map<String, Object> properties) {
		// The variables of the machine that runs the test are none of its business.
		this.environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		new OtlpMetricsSwitch().postProcessEnvironment(this.environment, new SpringApplication());
	}

}
