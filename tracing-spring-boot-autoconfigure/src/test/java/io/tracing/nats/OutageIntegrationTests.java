// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.StreamContext;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A server that dies in the middle and comes back, or not, costs no message that jnats
 * would have kept, and no span its end, against servers that are killed.
 * {@link TracedNats#close()} checks that no span is open.
 */
class OutageIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int MESSAGES = 200;

	private final String subject = NatsServer.newName("outage");

	@Test
	void messagesOfTheReconnectBufferArriveInTheirTraces() {
		try (NatsServer server = NatsServer.start(); TracedNats nats = TracedNats.builder().server(server).start()) {
			Set<String> handled = ConcurrentHashMap.newKeySet();
			nats.connection().createDispatcher((message) -> handled.add(text(message))).subscribe(this.subject);
			nats.flush();
			server.kill();
			await(() -> nats.raw().getStatus() != Connection.Status.CONNECTED);
			for (int i = 0; i < MESSAGES; i++) {
				nats.connection().publish(this.subject, bytes(i));
			}
			server.restart();
			await(() -> handled.size() == MESSAGES);
			List<SpanData> publishes = nats.spans().await("publish " + this.subject, MESSAGES);
			List<SpanData> processes = nats.spans().await("process " + this.subject, MESSAGES);
			assertThat(processes).extracting(SpanData::getParentSpanId)
				.containsExactlyInAnyOrderElementsOf(publishes.stream().map(SpanData::getSpanId).toList());
			assertThat(nats.tracing().messaging().faults().count()).isZero();
		}
	}

	@Test
	void fullReconnectBufferIsAnErrorOfThePublisher() {
		try (NatsServer server = NatsServer.start();
				TracedNats nats = TracedNats.builder()
					.server(server)
					.options((options) -> options.reconnectBufferSize(1024))
					.start()) {
			server.kill();
			await(() -> nats.raw().getStatus() == Connection.Status.RECONNECTING);
			assertThatThrownBy(() -> {
				for (int i = 0; i < MESSAGES; i++) {
					nats.connection().publish(this.subject, bytes(i));
				}
			}).isInstanceOf(IllegalStateException.class).hasMessageContaining("Unable to queue any more messages");
			assertThat(nats.spans().ended()).last().satisfies((span) -> {
				assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
				assertThat(span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
					.isEqualTo(IllegalStateException.class.getName());
			});
		}
	}

	@Test
	void jetStreamGoesOnWhereItWas() throws Exception {
		try (NatsServer server = NatsServer.start(); TracedNats nats = TracedNats.builder().server(server).start()) {
			// On disk, to be there after the restart.
			nats.raw()
				.jetStreamManagement()
				.addStream(StreamConfiguration.builder().name(this.subject).subjects(this.subject + ".>").build());
			Set<String> pushed = ConcurrentHashMap.newKeySet();
			Set<String> consumed = ConcurrentHashMap.newKeySet();
			Set<String> fetched = ConcurrentHashMap.newKeySet();
			JetStream jetStream = nats.connection()
				.jetStream(JetStreamOptions.builder().requestTimeout(Duration.ofMillis(300)).build());
			consume(nats, "pushed", (message) -> settle(message, pushed));
			consume(nats, "consumed", (message) -> settle(message, consumed));
			JetStreamSubscription pull = jetStream.subscribe(this.subject + ".>",
					PullSubscribeOptions.builder().durable("pull").build());
			List<CompletableFuture<PublishAck>> pending = new ArrayList<>();
			int failed = 0;
			for (int i = 0; i < MESSAGES; i++) {
				if (i == MESSAGES / 4) {
					server.kill();
				}
				if (i == MESSAGES / 2) {
					server.restart();
					await(() -> nats.raw().getStatus() == Connection.Status.CONNECTED);
				}
				failed += publish(jetStream, i, pending) ? 0 : 1;
			}
			for (CompletableFuture<PublishAck> future : pending) {
				failed += isStored(future) ? 0 : 1;
			}
			long stored = nats.raw()
				.jetStreamManagement()
				.getStreamInfo(this.subject)
				.getStreamState()
				.getMsgCount();
			assertThat(stored).isGreaterThanOrEqualTo(MESSAGES - failed).isGreaterThan(MESSAGES / 2);
			await(() -> {
				for (Message message : pull.fetch(50, Duration.ofMillis(200))) {
					nats.tracing().process(message, (taken) -> settle(taken, fetched));
				}
				return fetched.size() == stored && pushed.size() == stored && consumed.size() == stored;
			});
			List<SpanData> publishes = nats.spans().await("publish " + this.subject + ".created", MESSAGES);
			assertThat(publishes.stream().filter((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR))
				.hasSize(failed);
			assertThat(nats.spans().named("process " + this.subject + ".>")).hasSizeGreaterThanOrEqualTo((int) stored);
		}
	}

	private void consume(TracedNats nats, String name, MessageHandler handler) throws Exception {
		StreamContext stream = nats.connection().getStreamContext(this.subject);
		stream.createOrUpdateConsumer(
				ConsumerConfiguration.builder().durable(name).ackWait(Duration.ofSeconds(2)).build())
			// Sees sooner than by default that its request was lost with the server.
			.consume(ConsumeOptions.builder().expiresIn(1000).build(), handler);
	}

	private static void settle(Message message, Set<String> seen) {
		if (seen.add(text(message)) && seen.size() % 7 == 0) {
			message.nak();
		}
		else {
			message.ack();
		}
	}

	private boolean publish(JetStream jetStream, int number, List<CompletableFuture<PublishAck>> pending) {
		try {
			if (number % 10 == 0) {
				jetStream.publish(this.subject + ".created", bytes(number));
			}
			else {
				pending.add(jetStream.publishAsync(this.subject + ".created", bytes(number)));
			}
			return true;
		}
		catch (Exception ex) {
			return false;
		}
	}

	private static boolean isStored(CompletableFuture<PublishAck> future) throws InterruptedException {
		try {
			return future.get(20, TimeUnit.SECONDS) != null;
		}
		catch (ExecutionException | TimeoutException
				| CancellationException ex) {
			return false;
		}
	}

	@Test
	void otherServerIsNamedAfterAReconnect() throws Exception {
		try (NatsServer first = NatsServer.start();
				NatsServer second = NatsServer.start();
				TracedNats nats = TracedNats.builder()
					.server(first)
					.options((options) -> options.servers(new String[] { first.url(), second.url() }).noRandomize())
					.start()) {
			// So that the number of the connection is another one as well.
			nats.connect(second.options());
			nats.connection().publish(this.subject, bytes(0));
			first.kill();
			// In the middle of the change as well.
			await(() -> {
				nats.connection().publish(this.subject, bytes(1));
				return second.url().equals(nats.raw().getConnectedUrl());
			});
			nats.connection().publish(this.subject, bytes(2));
			List<SpanData> publishes = nats.spans().named("publish " + this.subject);
			assertThat(port(publishes.get(0))).isEqualTo(port(first));
			assertThat(port(publishes.get(publishes.size() - 1))).isEqualTo(port(second));
			assertThat(publishes.get(publishes.size() - 1).getAttributes().get(MessagingAttributes.CLIENT_ID))
				.isEqualTo(Integer.toString(nats.raw().getServerInfo().getClientId()));
		}
	}

	@Test
	void forcedReconnectIsHarmless() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Set<String> handled = ConcurrentHashMap.newKeySet();
			nats.connection().createDispatcher((message) -> handled.add(text(message))).subscribe(this.subject);
			nats.flush();
			nats.connection().publish(this.subject, bytes(0));
			await(() -> handled.size() == 1);
			nats.connection().forceReconnect();
			for (int i = 1; i < MESSAGES; i++) {
				nats.connection().publish(this.subject, bytes(i));
			}
			await(() -> handled.size() == MESSAGES);
			nats.spans().await("process " + this.subject, MESSAGES);
			SpanData last = nats.spans().named("publish " + this.subject).get(MESSAGES - 1);
			assertThat(last.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
			assertThat(nats.tracing().messaging().faults().count()).isZero();
		}
	}

	@Test
	void connectionThatIsClosedEndsWhatIsInFlight() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.subject);
			// Nobody answers the first, nobody acknowledges the second.
			nats.connect().subscribe(this.subject + "-request");
			nats.connect().subscribe(this.subject + "-store");
			nats.flush();
			Connection connection = nats.connection();
			for (int i = 0; i < 10; i++) {
				connection.request(this.subject + "-request", bytes(i));
				connection.requestWithTimeout(this.subject + "-request", bytes(i), PATIENCE);
				connection.jetStream().publishAsync(this.subject + "-store", bytes(i));
			}
			assertThat(nats.spans().open()).isEqualTo(30);
			connection.close();
			nats.spans().awaitNoneOpen();
			assertThat(nats.spans().ended()).hasSize(30)
				.allMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR);
		}
	}

	private static long port(SpanData span) {
		return span.getAttributes().get(MessagingAttributes.SERVER_PORT);
	}

	private static long port(NatsServer server) {
		return URI.create(server.url()).getPort();
	}

	private static byte[] bytes(int number) {
		return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
	}

	private static String text(Message message) {
		return new String(message.getData(), StandardCharsets.UTF_8);
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
	}

}
