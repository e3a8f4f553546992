// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.StreamContext;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.tracing.messaging.MessagingTracing;
import io.tracing.testing.CountedSpans;
import io.tracing.testing.NatsServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many messages through everything at once, against a real server: core handlers that
 * fail, requests nobody answers, cancelled futures, hostile headers, JetStream pushed and
 * pulled with naks, reconnects in the middle. Afterwards no span is open, no thread holds
 * a context, and nothing has piled up.
 */
class SoakIntegrationTests {

	private static final int ROUNDS = 5;

	private static final int STORED_EACH = 2_000;

	private static final int CORE_EACH = 6_000;

	private static final int CANCELLED_EVERY = 97;

	// Deliveries of a round, at least: a core message to one handler, a stored one to two
	// consumers.
	private static final long MESSAGES = (long) ROUNDS * (CORE_EACH + 2 * STORED_EACH);

	// What a leak of a mere 50 bytes a message would exceed.
	private static final long FLAT = MESSAGES * 50;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final String name = NatsServer.newName("soak");

	private final CountedSpans spans = new CountedSpans();

	private final List<Context> leaked = new CopyOnWriteArrayList<>();

	private final LongAdder core = new LongAdder();

	private final BitSet pushed = new BitSet();

	private final BitSet pulled = new BitSet();

	private int number;

	@Test
	void everySpanEndsAndNothingPilesUp() throws Exception {
		OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
			.setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(this.spans).build())
			.setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
			.build();
		NatsTracing tracing = NatsTracing.builder(MessagingTracing.create(sdk)).build();
		Connection raw = NatsServer.shared().connect(NatsServer.shared().options().errorListener(new Silent()));
		try {
			Connection connection = tracing.wrap(raw);
			createStream(raw);
			connection.createDispatcher(this::handle).subscribe(this.name + "-core.*", "queue");
			connection.createDispatcher((message) -> {
			}).subscribe(this.name + "-silent");
			StreamContext stream = connection.getStreamContext(this.name);
			MessageConsumer consumer = stream
				.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("pushed").build())
				.consume(ConsumeOptions.builder().expiresIn(1000).build(), (message) -> settle(message, this.pushed));
			JetStreamSubscription pull = connection.jetStream()
				.subscribe(this.name + ".>", PullSubscribeOptions.builder().durable("pulled").build());
			round(connection, tracing, pull);
			long before = heapAfterCollection();
			for (int i = 1; i < ROUNDS; i++) {
				round(connection, tracing, pull);
				connection.forceReconnect();
			}
			assertThat(heapAfterCollection() - before).as("growth of the heap, from %d bytes", before).isLessThan(FLAT);
			consumer.stop();
			assertThat(tracing.messaging().faults().count()).isZero();
		}
		finally {
			raw.close();
		}
		Awaitility.await("every span to end").atMost(PATIENCE).until(() -> this.spans.open() == 0);
		assertThat(this.leaked).as("contexts left on a thread").isEmpty();
		assertThat(this.core.sum()).isEqualTo((long) ROUNDS * CORE_EACH);
		assertThat(this.spans.started()).as("one for each send and each delivery, at least")
			.isGreaterThan(MESSAGES + (long) ROUNDS * (CORE_EACH + STORED_EACH));
		sdk.close();
	}

	private void createStream(Connection raw) throws Exception {
		raw.jetStreamManagement()
			.addStream(StreamConfiguration.builder()
				.name(this.name)
				.subjects(this.name + ".>")
				.storageType(StorageType.Memory)
				.maxMessages(STORED_EACH * 2L)
				.build());
	}

	private void round(Connection connection, NatsTracing tracing, JetStreamSubscription pull) throws Exception {
		publishCore(connection);
		publishStored(connection);
		int stored = this.number;
		// A request that the reconnect took along is as good as a message that is not
		// there.
		Awaitility.await("messages to be pulled").atMost(PATIENCE).until(() -> {
			for (Message message : pull.fetch(500, Duration.ofMillis(200))) {
				check();
				tracing.process(message, (taken) -> settle(taken, this.pulled));
				check();
			}
			return count(this.pulled) == stored;
		});
		Awaitility.await("messages to be pushed").atMost(PATIENCE).until(() -> count(this.pushed) == stored);
	}

	private void publishCore(Connection connection) throws Exception {
		long sum = this.core.sum();
		Headers hostile = new Headers().add("traceparent", "00-", "\u0001").put("Tracestate", ",,=,");
		for (int i = 0; i < CORE_EACH; i++) {
			byte[] body = bytes(i);
			String subject = this.name + "-core." + (i % 1_000);
			switch (i % 100) {
				case 0 -> assertThat(connection.request(subject, body, PATIENCE)).isNotNull();
				case 1 -> connection.publish(subject, hostile, body);
				case 2 -> {
					connection.publish(subject, body);
					connection.requestWithTimeout(this.name + "-silent", body, PATIENCE).cancel(false);
				}
				case 3 -> {
					connection.publish(subject, body);
					connection.request(this.name + "-nobody", body);
				}
				default -> connection.publish(subject, body);
			}
		}
		check();
		Awaitility.await("core messages").atMost(PATIENCE).until(() -> this.core.sum() == sum + CORE_EACH);
	}

	private void handle(Message message) {
		this.core.increment();
		if (message.getReplyTo() != null) {
			message.getConnection().publish(message.getReplyTo(), message.getData());
		}
		if (this.core.sum() % 499 == 1) {
			throw new IllegalArgumentException("injected");
		}
	}

	private void publishStored(Connection connection) throws Exception {
		JetStream jetStream = connection.jetStream();
		Deque<CompletableFuture<PublishAck>> window = new ArrayDeque<>();
		for (int i = 0; i < STORED_EACH; i++) {
			byte[] body = bytes(this.number++);
			if (i % 100 == 0) {
				jetStream.publish(this.name + ".created", body);
			}
			CompletableFuture<PublishAck> future = (i % 100 == 0) ? CompletableFuture.completedFuture(null)
					: jetStream.publishAsync(this.name + ".created", body);
			if (i % CANCELLED_EVERY == 1) {
				future.cancel(true);
			}
			else {
				window.add(future);
			}
			if (window.size() > 100) {
				window.remove().join();
			}
		}
		window.forEach(CompletableFuture::join);
		check();
	}

	private void settle(Message message, BitSet settled) {
		int id = Integer.parseInt(new String(message.getData(), StandardCharsets.UTF_8));
		if (id % 53 == 1 && message.metaData().deliveredCount() == 1) {
			message.nak();
			return;
		}
		if (id % 211 == 2) {
			message.inProgress();
		}
		message.ack();
		synchronized (settled) {
			settled.set(id);
		}
		if (id % 499 == 3 && settled == this.pushed) {
			throw new IllegalArgumentException("injected");
		}
	}

	private static int count(BitSet settled) {
		synchronized (settled) {
			return settled.cardinality();
		}
	}

	private void check() {
		if (Context.current() != Context.root()) {
			this.leaked.add(Context.current());
		}
	}

	private static byte[] bytes(int number) {
		return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
	}

	private static long heapAfterCollection() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/**
	 * What handlers throw is expected here.
	 */
	private static final class Silent implements ErrorListener {

	}

}
