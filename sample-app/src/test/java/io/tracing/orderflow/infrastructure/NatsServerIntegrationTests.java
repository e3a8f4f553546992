// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.StreamConfiguration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The server that OrderFlow brings along, with a real client.
 */
// A connection can be interrupted while it closes, which the compiler warns of.
@SuppressWarnings("try")
class NatsServerIntegrationTests {

	private static final Consumer<String> NOBODY = (line) -> {
	};

	@Test
	void streamsOutliveARestart() throws Exception {
		try (NatsServer server = NatsServer.start(0, NOBODY)) {
			try (Connection connection = Nats.connect(server.url())) {
				connection.jetStreamManagement()
					.addStream(StreamConfiguration.builder().name("SHIPMENTS").subjects("shipments.>").build());
				connection.jetStream().publish("shipments.requested", "order".getBytes(StandardCharsets.UTF_8));
			}
			server.stop();
			server.restart();
			try (Connection connection = Nats.connect(server.url())) {
				assertThat(connection.jetStream()
					.subscribe("shipments.requested", PullSubscribeOptions.builder().durable("shipping").build())
					.fetch(1, Duration.ofSeconds(10))).singleElement()
					.satisfies((message) -> assertThat(new String(message.getData(), StandardCharsets.UTF_8))
						.isEqualTo("order"));
			}
		}
	}

	@Test
	void portThatIsTakenIsSaidToBe() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThatExceptionOfType(PortInUseException.class)
				.isThrownBy(() -> NatsServer.start(socket.getLocalPort(), NOBODY))
				.withMessageContaining("NATS can't listen on port " + socket.getLocalPort());
		}
	}

}
