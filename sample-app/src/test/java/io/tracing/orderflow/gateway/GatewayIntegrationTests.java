// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proves what the gateway answers when there is nobody behind it. It runs alone.
 */
class GatewayIntegrationTests {

	private static ConfigurableApplicationContext gateway;

	private final RestClient client = RestClient.builder()
		.baseUrl("http://localhost:" + gateway.getEnvironment().getProperty("local.server.port"))
		.defaultStatusHandler((status) -> true, (request, response) -> {
		})
		.build();

	@BeforeAll
	static void startGateway() {
		String nobody = "http://localhost:" + unusedPort();
		gateway = new SpringApplicationBuilder(GatewayService.class).run("--spring.config.name=application,gateway",
				"--server.port=0", "--orderflow.orders.url=" + nobody, "--orderflow.inventory.url=" + nobody);
	}

	@AfterAll
	static void stopGateway() {
		gateway.close();
	}

	@Test
	void serviceThatCanNotBeReachedIsABadGateway() {
		ResponseEntity<ProblemDetail> orders = this.client.get()
			.uri("/orders")
			.retrieve()
			.toEntity(ProblemDetail.class);
		assertThat(orders.getStatusCode().value()).isEqualTo(502);
		assertThat(orders.getBody()).isNotNull()
			.extracting(ProblemDetail::getDetail)
			.isEqualTo("Service orders can't be reached.");
		assertThat(orders.getHeaders().getFirst(TraceIdFilter.HEADER)).matches("[0-9a-f]{32}");
		ResponseEntity<ProblemDetail> stock = this.client.get()
			.uri("/inventory/stock")
			.retrieve()
			.toEntity(ProblemDetail.class);
		assertThat(stock.getStatusCode().value()).isEqualTo(502);
	}

	@Test
	void bodyBeyondTheLimitIsRefused() {
		ResponseEntity<ProblemDetail> answer = this.client.post()
			.uri("/orders")
			.contentType(MediaType.APPLICATION_JSON)
			.body(" ".repeat(300 * 1024))
			.retrieve()
			.toEntity(ProblemDetail.class);
		assertThat(answer.getStatusCode().value()).isEqualTo(413);
	}

	private static int unusedPort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
