// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import io.tracing.testing.Warnings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Invariant 1: a tracing fault never reaches the application. Every part that tracing
 * leans on is made to throw, an exception and an {@code Error}, while messages go through
 * a real server in each way there is: each arrives as it was sent, and one warning tells
 * of the faults.
 */
class TracingFaultsIntegrationTests {

	private static final byte[] BODY = "{\"order\":1}".getBytes(StandardCharsets.UTF_8);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("faults");

	static Stream<FaultyTelemetry> faults() {
		return FaultyTelemetry.all();
	}

	@ParameterizedTest
	@MethodSource("faults")
	void messagesArriveAsTheyWereSent(FaultyTelemetry faulty) throws Exception {
		try (Warnings warnings = new Warnings(); TracedNats nats = faulty.nats().start()) {
			useCore(nats);
			useJetStream(nats);
			useBucket(nats);
			assertThat(warnings.messages()).singleElement()
				.asString()
				.startsWith("Tracing failed while ")
				.endsWith("; the message is not affected. Faults so far: 1");
			assertThat(nats.tracing().messaging().faults().count()).isPositive();
		}
	}

	private void useCore(TracedNats nats) throws Exception {
		Connection connection = nats.connection();
		BlockingQueue<Message> handled = new LinkedBlockingQueue<>();
		connection.createDispatcher((message) -> {
			handled.add(message);
			if (message.getReplyTo() != null) {
				message.getConnection().publish(message.getReplyTo(), message.getData());
			}
		}).subscribe(this.subject, "queue");
		Subscription subscription = connection.subscribe(this.subject);
		nats.flush();
		Headers headers = new Headers().put("tenant", "acme");
		connection.publish(this.subject, headers, BODY);
		assertSent(handled.poll(10, TimeUnit.SECONDS));
		assertSent(subscription.nextMessage(PATIENCE));
		assertThat(connection.request(this.subject, headers, BODY, PATIENCE).getData()).isEqualTo(BODY);
		assertThat(connection.request(this.subject, headers, BODY).get(10, TimeUnit.SECONDS).getData())
			.isEqualTo(BODY);
		assertThat(headers.keySet()).containsExactly("tenant");
	}

	private void useJetStream(TracedNats nats) throws Exception {
		String stream = this.subject + "-stream";
		nats.createStream(stream);
		JetStream jetStream = nats.connection().jetStream();
		Headers headers = new Headers().put("tenant", "acme");
		assertThat(jetStream.publish(stream + ".a", headers, BODY).getSeqno()).isEqualTo(1);
		assertThat(jetStream.publishAsync(stream + ".a", headers, BODY).get().getSeqno()).isEqualTo(2);
		JetStreamSubscription subscription = jetStream.subscribe(stream + ".a",
				PullSubscribeOptions.builder().durable("billing").build());
		List<Message> messages = subscription.fetch(2, PATIENCE);
		assertThat(messages).hasSize(2).allSatisfy(TracingFaultsIntegrationTests::assertSent);
		messages.get(0).ackSync(PATIENCE);
		nats.tracing().process(messages.get(1), Message::nak);
		Iterator<Message> again = subscription.iterate(1, PATIENCE);
		assertThat(again.hasNext()).isTrue();
		assertSent(again.next());
		BlockingQueue<Message> handled = new LinkedBlockingQueue<>();
		nats.connection().getStreamContext(stream).createOrderedConsumer(
				new OrderedConsumerConfiguration())
			.consume(handled::add);
		assertSent(handled.poll(10, TimeUnit.SECONDS));
		assertThat(subscription.getConsumerInfo().getAckFloor().getStreamSequence()).isEqualTo(1);
	}

	private void useBucket(TracedNats nats) throws Exception {
		String name = this.subject + "-bucket";
		nats.raw()
			.keyValueManagement()
			.create(KeyValueConfiguration.builder().name(name).storageType(StorageType.Memory).build());
		KeyValue bucket = nats.connection().keyValue(name);
		assertThat(bucket.put("key", BODY)).isEqualTo(1);
		assertThat(bucket.get("key").getValue()).isEqualTo(BODY);
		BlockingQueue<KeyValueEntry> watched = new LinkedBlockingQueue<>();
		bucket.watchAll(new KeyValueWatcher() {

			@Override
			public void watch(KeyValueEntry entry) {
				watched.add(entry);
			}

			@Override
			public void endOfData() {
			}

		});
		assertThat(watched.poll(10, TimeUnit.SECONDS).getValue()).isEqualTo(BODY);
	}

	private static void assertSent(@Nullable Message message) {
		assertThat(message).isNotNull();
		assertThat(message.getData()).isEqualTo(BODY);
		assertThat(message.getHeaders().getFirst("tenant")).isEqualTo("acme");
		assertThat(message.getHeaders().containsKey("half")).as("a header that is half of a context").isFalse();
	}

	@Test
	void exporterThatThrowsIsHeldBackByTheSdk() throws Exception {
		SpanExporter faulty = (SpanExporter) Proxy.newProxyInstance(SpanExporter.class.getClassLoader(),
				new Class<?>[] { SpanExporter.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("export")) {
						throw new IllegalStateException("injected");
					}
					return (method.getReturnType() == CompletableResultCode.class) ? CompletableResultCode.ofSuccess()
							: null;
				});
		try (TracedNats nats = TracedNats.builder()
			.tracers((tracers) -> tracers.addSpanProcessor(SimpleSpanProcessor.create(faulty)))
			.start()) {
			useCore(nats);
			nats.spans().await("process " + this.subject, 3);
		}
	}

	@Test
	void headersThatThrowAreThoseOfTheApplication() throws Exception {
		// Like headers that another thread changes: jnats reads their fields directly.
		Headers hostile = new Headers() {

			@Override
			public boolean containsKeyIgnoreCase(String key) {
				throw new IllegalStateException("containsKeyIgnoreCase");
			}

			@Override
			public @Nullable String getFirst(String key) {
				throw new IllegalStateException("getFirst");
			}

			@Override
			public @Nullable List<String> get(String key) {
				throw new IllegalStateException("get");
			}

		};
		hostile.put("tenant", "acme");
		try (Warnings warnings = new Warnings(); TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			nats.connection().publish(this.subject, hostile, BODY);
			nats.connection().request(this.subject, hostile, BODY).cancel(true);
			for (int i = 0; i < 2; i++) {
				assertSent(subscription.nextMessage(PATIENCE));
			}
			assertThat(warnings.messages()).hasSize(1);
		}
	}

	@Test
	void messageThatThrowsIsPassedOnForJnatsToFail() {
		Message hostile = message((name) -> {
			throw new UnsupportedOperationException(name);
		});
		try (Warnings warnings = new Warnings(); TracedNats nats = TracedNats.start()) {
			assertThatThrownBy(() -> nats.connection().publish(hostile))
				.isInstanceOf(UnsupportedOperationException.class)
				.hasMessage("getSubject");
			assertThatThrownBy(() -> nats.connection().request(hostile, PATIENCE))
				.isInstanceOf(UnsupportedOperationException.class);
			assertThatThrownBy(() -> nats.connection().jetStream().publishAsync(hostile))
				.isInstanceOf(UnsupportedOperationException.class);
			assertThat(warnings.messages()).hasSize(1);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void messageThatThrowsOrAnswersNullIsProcessed() throws Exception {
		Message hostile = message((name) -> {
			throw new UnsupportedOperationException(name);
		});
		Message empty = message((name) -> null);
		try (Warnings warnings = new Warnings(); TracedNats nats = TracedNats.start()) {
			for (Message message : List.of(hostile, empty, connected(hostile, nats), connected(empty, nats))) {
				BlockingQueue<Message> handled = new LinkedBlockingQueue<>();
				nats.tracing().process(message, handled::add);
				assertThat(Objects.requireNonNull(handled.poll()).toString()).contains("a message");
			}
			assertThat(warnings.messages()).hasSize(1);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void handlerOfAMessageThatThrowsFailsAsItDoes() {
		try (TracedNats nats = TracedNats.start()) {
			Message empty = message((name) -> null);
			assertThatThrownBy(() -> nats.tracing().process(empty, (message) -> {
				throw new InterruptedException("the handler's");
			})).isInstanceOf(InterruptedException.class).hasMessage("the handler's");
		}
	}

	@Test
	void exceptionThatThrowsWhenItIsAskedEndsTheSpan() throws Exception {
		RuntimeException hostile = new RuntimeException() {

			private static final long serialVersionUID = 1L;

			@Override
			public String getMessage() {
				throw new IllegalStateException("getMessage");
			}

			@Override
			public synchronized Throwable getCause() {
				throw new IllegalStateException("getCause");
			}

		};
		try (Warnings warnings = new Warnings(); TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher((message) -> {
				throw hostile;
			}).subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(warnings.messages()).hasSize(1);
		}
	}

	private static Message message(Function<String, @Nullable Object> answers) {
		Map<Class<?>, Object> primitives = Map.of(boolean.class, false, long.class, 0L);
		return (Message) Proxy.newProxyInstance(Message.class.getClassLoader(), new Class<?>[] { Message.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("toString")) {
						return "a message";
					}
					Object answer = answers.apply(method.getName());
					return (answer != null) ? answer : primitives.get(method.getReturnType());
				});
	}

	/**
	 * The same message, of which the connection can be had.
	 */
	private static Message connected(Message message, TracedNats nats) {
		return (Message) Proxy.newProxyInstance(Message.class.getClassLoader(), new Class<?>[] { Message.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("getConnection")) {
						return nats.raw();
					}
					return Proxy.getInvocationHandler(message).invoke(message, method, arguments);
				});
	}

}
