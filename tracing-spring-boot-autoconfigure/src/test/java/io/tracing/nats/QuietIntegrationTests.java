// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.support.Status;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What goes on between the client and a real server when the application does nothing
 * makes no span: set-up, heartbeats, flow control, pulls that bring nothing. A minute of
 * idling is a number of those, here at intervals of a tenth of a second.
 */
@SuppressWarnings("try")
class QuietIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration HEARTBEAT = Duration.ofMillis(100);

	private final String name = NatsServer.newName("quiet");

	@Test
	void settingUpAndIdlingMakesNoSpan() throws Exception {
		AtomicInteger messages = new AtomicInteger();
		try (TracedNats nats = TracedNats.builder()
			.options((options) -> options.pingInterval(Duration.ofMillis(100)))
			.start()) {
			Connection connection = nats.connection();
			Connection wiretap = nats.connect();
			Subscription heartbeats = wiretap.subscribe(wiretap.createInbox());
			Subscription pulls = wiretap.subscribe("$JS.API.CONSUMER.MSG.NEXT." + this.name + ".idle");
			wiretap.flush(PATIENCE);
			setUp(connection);
			connection.jetStream()
				.subscribe(this.name + ".pushed", connection.createDispatcher(),
						(message) -> messages.incrementAndGet(), true,
						PushSubscribeOptions.builder()
							.configuration(ConsumerConfiguration.builder()
								.deliverSubject(heartbeats.getSubject())
								.idleHeartbeat(HEARTBEAT)
								.flowControl(HEARTBEAT.toMillis())
								.build())
							.build());
			JetStreamSubscription pushed = connection.jetStream()
				.subscribe(this.name + ".pushed",
						PushSubscribeOptions.builder()
							.configuration(ConsumerConfiguration.builder().flowControl(HEARTBEAT.toMillis()).build())
							.build());
			JetStreamSubscription pulled = connection.jetStream()
				.subscribe(this.name + ".pulled", PullSubscribeOptions.builder().durable("pulled").build());
			try (MessageConsumer consumer = connection.getConsumerContext(this.name, "idle")
				.consume(ConsumeOptions.builder().batchSize(10).expiresIn(1_000).build(),
						(message) -> messages.incrementAndGet())) {
				for (int i = 0; i < 10; i++) {
					assertThat(heartbeats.nextMessage(PATIENCE).getStatus().isHeartbeat()).isTrue();
					assertThat(pulled.fetch(10, 20)).isEmpty();
					assertThat(pushed.nextMessage(5)).isNull();
				}
				assertThat(pulls.nextMessage(PATIENCE)).isNotNull();
				assertThat(pulls.nextMessage(PATIENCE)).as("the pull is renewed").isNotNull();
				assertThat(consumer.isStopped()).isFalse();
			}
			assertThat(messages).hasValue(0);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void statusMessagesReachTheHandlerUntouched() throws Exception {
		BlockingQueue<Message> received = new LinkedBlockingQueue<>();
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.name);
			nats.createConsumer(this.name, ConsumerConfiguration.builder().durable("billing"));
			String inbox = nats.raw().createInbox();
			nats.connection().createDispatcher(received::add).subscribe(inbox);
			String pull = "$JS.API.CONSUMER.MSG.NEXT." + this.name + ".billing";
			String expires = "{\"batch\":1,\"expires\":%d%s}";
			ask(nats, pull, inbox, "{\"batch\":1,\"no_wait\":true}");
			assertStatus(received, 404);
			ask(nats, pull, inbox, expires.formatted(10_000_000, ""));
			assertStatus(received, 408);
			ask(nats, pull, inbox, expires.formatted(1_000_000_000L, ",\"idle_heartbeat\":50000000"));
			assertStatus(received, 100);
			ask(nats, pull, inbox, expires.formatted(10_000_000_000L, ""));
			nats.raw().jetStreamManagement().deleteConsumer(this.name, "billing");
			assertStatus(received, 409);
			ask(nats, this.name + "-nobody", inbox, "");
			assertStatus(received, 503);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void statusMessagesReachTheCallerUntouched() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			String inbox = nats.raw().createInbox();
			Subscription subscription = nats.connection().subscribe(inbox);
			ask(nats, NatsServer.newName("nobody"), inbox, "");
			Message message = subscription.nextMessage(PATIENCE);
			assertThat(message.getStatus().getCode()).isEqualTo(Status.NO_RESPONDERS_CODE);
			assertThat(NatsTracing.unwrap(message)).isSameAs(message);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	private void setUp(Connection connection) throws Exception {
		JetStreamManagement management = connection.jetStreamManagement();
		management.addStream(StreamConfiguration.builder()
			.name(this.name)
			.subjects(this.name + ".>")
			.storageType(StorageType.Memory)
			.build());
		management.addOrUpdateConsumer(this.name,
				ConsumerConfiguration.builder().durable("idle").filterSubject(this.name + ".idle").build());
		management.getStreamInfo(this.name);
		management.getConsumerNames(this.name);
		management.getAccountStatistics();
		connection.keyValueManagement()
			.create(KeyValueConfiguration.builder().name(this.name).storageType(StorageType.Memory).build());
		connection.keyValue(this.name).getStatus();
		connection.keyValue(this.name).watchAll(new SilentWatcher());
		connection.objectStoreManagement()
			.create(ObjectStoreConfiguration.builder(this.name).storageType(StorageType.Memory).build());
		connection.objectStore(this.name).getStatus();
		JetStream jetStream = connection.jetStream();
		jetStream.getStreamContext(this.name).getStreamInfo();
		jetStream.getConsumerContext(this.name, "idle").getConsumerInfo();
		connection.RTT();
		connection.flush(PATIENCE);
	}

	private static void ask(TracedNats nats, String subject, String inbox, String body) {
		nats.flush();
		nats.raw().publish(subject, inbox, body.getBytes());
	}

	/**
	 * Wait for a status: what the pulls before have left comes first.
	 */
	private static void assertStatus(BlockingQueue<Message> received, int code) throws InterruptedException {
		Message message;
		do {
			message = received.poll(10, TimeUnit.SECONDS);
			assertThat(message).as("status " + code).isNotNull();
			assertThat(message.isStatusMessage()).isTrue();
			assertThat(NatsTracing.unwrap(message)).isSameAs(message);
		}
		while (message.getStatus().getCode() != code);
	}

	private static final class SilentWatcher implements KeyValueWatcher {

		@Override
		public void watch(KeyValueEntry entry) {
		}

		@Override
		public void endOfData() {
		}

	}

}
