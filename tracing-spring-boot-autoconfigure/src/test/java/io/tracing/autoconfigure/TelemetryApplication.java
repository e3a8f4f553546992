// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.tracing.testing.NatsServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application named {@code shop} that publishes its telemetry: Boot's real
 * auto-configuration, and nothing of the user's but what a test adds.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TelemetryApplication {

	/**
	 * Start it with a connection of telemetry's own.
	 * @param server the server
	 * @param arguments more properties
	 * @return the context, which the test closes
	 */
	static ConfigurableApplicationContext start(NatsServer server, String... arguments) {
		return start(new Class<?>[] { TelemetryApplication.class },
				with(arguments, "--tracing.telemetry.nats.servers=" + server.url()));
	}

	/**
	 * Start it with beans of the test.
	 * @param sources classes with beans
	 * @param arguments properties
	 * @return the context, which the test closes
	 */
	static ConfigurableApplicationContext start(Class<?>[] sources, String... arguments) {
		return new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.properties("spring.application.name=shop", "management.tracing.sampling.probability=1",
					"logging.level.io.tracing=info", "tracing.telemetry.enabled=true")
			.run(arguments);
	}

	static String[] with(String[] arguments, String... more) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(List.of(more));
		return all.toArray(String[]::new);
	}

}
