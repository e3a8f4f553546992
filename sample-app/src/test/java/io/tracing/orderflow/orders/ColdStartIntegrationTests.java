// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

import io.tracing.orderflow.infrastructure.KafkaBroker;
import io.tracing.orderflow.infrastructure.NatsServer;
import io.tracing.orderflow.infrastructure.PostgresServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Proves that the orders service starts and takes orders before there is a broker, and
 * publishes them once there is one, though its topics could not be declared at start. It
 * has brokers and a database of its own.
 */
class ColdStartIntegrationTests {

	@Test
	void orderTakenBeforeTheBrokerWasThereIsPublished() throws IOException {
		try (KafkaBroker broker = KafkaBroker.start(0, Files.createTempDirectory("orderflow-cold-"));
				NatsServer nats = NatsServer.start(0, System.out::println);
				PostgresServer database = PostgresServer.start(0)) {
			broker.stop();
			try (ConfigurableApplicationContext orders = startOrders(broker, nats, database)) {
				ResponseEntity<Void> answer = RestClient.create()
					.post()
					.uri("http://localhost:" + orders.getEnvironment().getProperty("local.server.port") + "/orders")
					.contentType(MediaType.APPLICATION_JSON)
					.body("{\"customer_id\":\"ada\",\"items\":[{\"item_id\":\"ITEM-007\",\"quantity\":1,\"price\":1}]}")
					.retrieve()
					.toBodilessEntity();
				assertThat(answer.getStatusCode().value()).isEqualTo(201);
				JdbcClient jdbc = orders.getBean(JdbcClient.class);
				assertThat(waiting(jdbc)).isOne();
				broker.restart();
				await().atMost(Duration.ofSeconds(60)).until(() -> waiting(jdbc) == 0);
			}
		}
	}

	private static ConfigurableApplicationContext startOrders(KafkaBroker broker, NatsServer nats,
			PostgresServer database) {
		return new SpringApplicationBuilder(OrdersService.class).run("--spring.config.name=application,orders",
				"--server.port=0", "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
				"--orderflow.nats.url=" + nats.url(), "--spring.datasource.url=" + database.jdbcUrl());
	}

	private static long waiting(JdbcClient jdbc) {
		return jdbc.sql("select count(*) from outbox").query(Long.class).single();
	}

}
