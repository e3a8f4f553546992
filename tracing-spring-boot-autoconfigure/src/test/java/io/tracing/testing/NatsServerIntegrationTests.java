// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.StreamConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The server that the other tests stand on, itself tested: with a real client and nothing
 * traced.
 */
// A connection can be interrupted while it closes, which the compiler warns of.
@SuppressWarnings("try")
class NatsServerIntegrationTests {

	@Test
	void streamsDeliverWhatWasPublished() throws Exception {
		String stream = NatsServer.newName("orders");
		try (Connection connection = NatsServer.shared().connect()) {
			addStream(connection, stream);
			connection.jetStream().publish(stream, "created".getBytes(StandardCharsets.UTF_8));
			assertThat(next(connection, stream)).isEqualTo("created");
		}
	}

	@Test
	void sharedServerIsOneServer() {
		assertThat(NatsServer.shared().url()).isEqualTo(NatsServer.shared().url());
	}

	@Test
	void serversOfTheirOwnHaveStreamsOfTheirOwn() throws Exception {
		String stream = NatsServer.newName("orders");
		try (NatsServer first = NatsServer.start();
				NatsServer second = NatsServer.start();
				Connection toFirst = first.connect();
				Connection toSecond = second.connect()) {
			addStream(toFirst, stream);
			assertThat(toFirst.jetStreamManagement().getStreamNames()).containsExactly(stream);
			assertThat(toSecond.jetStreamManagement().getStreamNames()).isEmpty();
		}
	}

	@Test
	void streamsOutliveAKilledServer() throws Exception {
		String stream = NatsServer.newName("orders");
		try (NatsServer server = NatsServer.start()) {
			String url = server.url();
			try (Connection connection = server.connect()) {
				addStream(connection, stream);
				connection.jetStream().publish(stream, "created".getBytes(StandardCharsets.UTF_8));
			}
			server.kill();
			server.restart();
			assertThat(server.url()).isEqualTo(url);
			try (Connection connection = server.connect()) {
				assertThat(next(connection, stream)).isEqualTo("created");
			}
		}
	}

	@Test
	void clientIsBackAfterARestart() throws Exception {
		try (NatsServer server = NatsServer.start(); Connection connection = server.connect()) {
			server.restart();
			// What is under way when the client notices is cancelled.
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.ignoreExceptions()
				.untilAsserted(() -> connection.flush(Duration.ofSeconds(1)));
			assertThat(connection.getStatus()).isEqualTo(Connection.Status.CONNECTED);
		}
	}

	@Test
	void configurationIsTheServers() throws Exception {
		try (NatsServer server = NatsServer.start("max_payload: 1024", "no_header_support: true");
				Connection connection = server.connect(server.options().noNoResponders())) {
			assertThat(connection.getMaxPayload()).isEqualTo(1024);
			assertThat(connection.getServerInfo().isHeadersSupported()).isFalse();
		}
	}

	@Test
	void whatTheServerDislikesIsInTheFailure() {
		assertThatIllegalStateException().isThrownBy(() -> NatsServer.start("max_payload: much"))
			.withMessageContaining("server.conf:1:");
	}

	private static void addStream(Connection connection, String stream) throws IOException, JetStreamApiException {
		connection.jetStreamManagement().addStream(StreamConfiguration.builder().name(stream).subjects(stream).build());
	}

	private static String next(Connection connection, String stream) throws Exception {
		JetStreamSubscription subscription = connection.jetStream()
			.subscribe(stream, PullSubscribeOptions.builder().stream(stream).build());
		Message message = subscription.fetch(1, Duration.ofSeconds(10)).get(0);
		message.ackSync(Duration.ofSeconds(10));
		return new String(message.getData(), StandardCharsets.UTF_8);
	}

}
