// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.nats.client.Connection;
import io.nats.client.Connection.Status;
import io.tracing.messaging.ClientProxy;
import io.tracing.nats.NatsTracing;
import io.tracing.testing.NatsServer;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The auto-configuration of nats-spring, for real: the build runs this class alone, with
 * nats-spring on its class path. The connection that it makes is traced without a line of
 * code.
 */
class NatsSpringTests {

	@Test
	void connectionOfNatsSpringIsTracedOnce() {
		Connection raw;
		try (ConfigurableApplicationContext context = start("--nats.spring.server=" + NatsServer.shared().url())) {
			Connection connection = context.getBean("natsConnection", Connection.class);
			raw = NatsTracing.unwrap(connection);
			assertThat(raw).isNotSameAs(connection);
			NatsContexts.assertTracedOnce(context, connection);
			assertThat(NatsContexts.line(context)).endsWith("NATS: 1 connection");
		}
		assertThat(raw.getStatus()).isEqualTo(Status.CLOSED);
	}

	@Test
	void withoutAServerThereIsNoConnectionAndTheApplicationStarts() {
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.containsBean("natsConnection")).isTrue();
			assertThat(context.getBeanProvider(Connection.class).getIfAvailable()).isNull();
			assertThat(NatsContexts.line(context)).doesNotContain("NATS");
		}
	}

	@Test
	void switchedOffItsConnectionIsItsOwn() {
		try (ConfigurableApplicationContext context = start("--nats.spring.server=" + NatsServer.shared().url(),
				"--tracing.nats.enabled=false")) {
			assertThat(ClientProxy.isOne(context.getBean(Connection.class))).isFalse();
		}
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("management.tracing.sampling.probability=1", "management.otlp.metrics.export.enabled=false")
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Spans spans() {
			return new Spans();
		}

	}

}
