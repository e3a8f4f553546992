// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * What each service imports that uses NATS.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NatsProperties.class)
public class NatsConfiguration {

	private static final Duration CONNECT_DELAY = Duration.ofMillis(500);

	@Bean
	Connection natsConnection(NatsProperties properties, @Value("${spring.application.name}") String service) {
		ConnectionLog log = new ConnectionLog(properties.url());
		Options options = Options.builder()
			.server(properties.url())
			.connectionName(service)
			// A server that is away is waited for: what it has not acknowledged fails
			// meanwhile.
			.maxReconnects(-1)
			.connectionListener(log)
			.errorListener(log)
			.build();
		RetryPolicy untilItIsThere = RetryPolicy.builder()
			.includes(IOException.class)
			.maxRetries(Long.MAX_VALUE)
			.delay(CONNECT_DELAY)
			.timeout(properties.connectLimit())
			.build();
		try {
			return new RetryTemplate(untilItIsThere).execute(() -> Nats.connect(options));
		}
		catch (RetryException ex) {
			throw new IllegalStateException("NATS can't be reached at " + properties.url()
					+ ": start it there, or name another server with NATS_URL", ex.getLastException());
		}
	}

	/**
	 * Sends what is still on its way, the last acknowledgements above all. Destroyed
	 * before the connection, because it depends on it.
	 */
	@Bean
	DisposableBean natsDrain(Connection connection) {
		return () -> Drain.await(connection);
	}

	@Bean
	ShipmentStream shipmentStream(Connection connection, JsonMapper json, NatsProperties properties) {
		ShipmentStream stream = new ShipmentStream(connection, json, properties);
		stream.declare();
		return stream;
	}

}
