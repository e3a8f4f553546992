// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.MessagingTracing;
import io.tracing.testing.Spans;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A jnats that has methods which this build has never seen is passed on to as it is
 * called, against interfaces that extend those of today: overloads of the calls that
 * send, with arguments that look familiar and mean something else, and methods that ask
 * for or hand out more than today's types.
 */
class NewerJnatsTests {

	private static final byte[] BODY = { 1 };

	private final Spans spans = new Spans();

	private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
		.setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(this.spans).build())
		.setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
		.build();

	private final List<@Nullable Object> arrived = new ArrayList<>();

	private @Nullable Object result;

	private final NewerConnection raw = delegate(NewerConnection.class);

	private final ConnectionTracing tracing = NatsTracing.create(this.sdk).trace(this.raw);

	private final NewerConnection connection = proxy(new TracingConnection(this.raw, this.tracing),
			NewerConnection.class);

	private final NewerJetStream jetStream = proxy(new TracingJetStream(delegate(NewerJetStream.class), this.tracing),
			NewerJetStream.class);

	@AfterEach
	void nothingWasReportedOrLeftOpen() {
		assertThat(this.tracing.nats().messaging().faults().count()).isZero();
		assertThat(this.spans.open()).isZero();
		this.sdk.close();
	}

	@Test
	void overloadsOfPublishArrive() {
		Priority priority = new Priority();
		this.connection.publish("orders", BODY, priority);
		assertThat(this.arrived).containsExactly("orders", BODY, priority);
		this.connection.publish("orders", BODY, Duration.ZERO);
		assertThat(this.arrived).containsExactly("orders", BODY, Duration.ZERO);
		this.connection.publish("tenant", "orders", "reply", BODY);
		assertThat(this.arrived).containsExactly("tenant", "orders", "reply", BODY);
		this.connection.publish(List.of("orders", "invoices"), BODY);
		assertThat(this.arrived).containsExactly(List.of("orders", "invoices"), BODY);
		assertThat(this.spans.ended()).isEmpty();
	}

	@Test
	void overloadsOfRequestArrive() {
		CompletableFuture<List<Message>> replies = new CompletableFuture<>();
		this.result = replies;
		assertThat(this.connection.requestMany("orders", BODY, Duration.ZERO)).isSameAs(replies);
		assertThat(this.arrived).containsExactly("orders", BODY, Duration.ZERO);
		replies.complete(List.of());
		this.result = JnatsValues.of(Message.class);
		assertThat(this.connection.request("orders", BODY, Duration.ZERO, Duration.ofDays(1))).isSameAs(this.result);
		assertThat(this.arrived).containsExactly("orders", BODY, Duration.ZERO, Duration.ofDays(1));
		assertThat(this.spans.ended()).isEmpty();
	}

	@Test
	void overloadsOfJetStreamArrive() {
		assertThat(this.jetStream.publish("orders", BODY, Duration.ZERO)).isNull();
		assertThat(this.arrived).containsExactly("orders", BODY, Duration.ZERO);
		CompletableFuture<String> future = new CompletableFuture<>();
		this.result = future;
		assertThat(this.jetStream.publishAsync("orders", "key", BODY)).isSameAs(future);
		assertThat(this.arrived).containsExactly("orders", "key", BODY);
		assertThat(this.spans.ended()).isEmpty();
	}

	@Test
	void overloadsOfTodayAreTracedAsToday() {
		this.connection.publish("orders", BODY);
		assertThat(this.arrived).hasSize(4).contains("orders", BODY);
		assertThat(this.arrived.get(2)).isInstanceOf(Headers.class);
		assertThat(this.spans.named("publish orders")).hasSize(1);
	}

	@Test
	void narrowerObjectIsHandedOutWithAllItCan() {
		NewerDispatcher raw = delegate(NewerDispatcher.class);
		this.result = raw;
		NewerDispatcher dispatcher = this.connection.newerDispatcher();
		assertThat((Object) ClientProxy.unwrap(dispatcher)).isSameAs(raw);
		assertThat(dispatcher).isNotSameAs(raw);
		this.result = "all";
		assertThat(dispatcher.policy()).isEqualTo("all");
		this.result = raw;
		assertThat(dispatcher.subscribe("orders")).isSameAs(dispatcher);
	}

	@Test
	void objectOfAClassIsHandedOutAsItIs() {
		Watch watch = new Watch();
		this.result = watch;
		assertThat(this.connection.watch()).isSameAs(watch);
	}

	@Test
	void narrowerHandlerIsHandedInAsItIs() {
		NewerHandler handler = (message) -> {
		};
		this.connection.subscribe("orders", handler);
		assertThat(this.arrived).containsExactly("orders", handler);
	}

	@Test
	void defaultMethodOfJnatsIsItsOwn() {
		this.result = "of jnats";
		assertThat(this.connection.description()).isEqualTo("of jnats");
	}

	@SuppressWarnings("unchecked")
	private <T> T delegate(Class<T> type) {
		return (T) JnatsValues.proxy(type, (proxy, method, arguments) -> {
			if (method.getName().startsWith("get")) {
				return JnatsValues.answer(type, method.getName(), method.getReturnType());
			}
			this.arrived.clear();
			this.arrived.addAll(Arrays.asList((arguments != null) ? arguments : new Object[0]));
			return (method.getReturnType() != void.class) ? this.result : null;
		});
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static <T> T proxy(ClientProxy<? super T> proxy, Class<T> type) {
		return (T) ((ClientProxy) proxy).as(type);
	}

	/** A connection of the future. */
	@SuppressWarnings("try")
	public interface NewerConnection extends Connection {

		void publish(String subject, byte[] body, Priority priority);

		void publish(String subject, byte[] body, Duration delay);

		void publish(String tenant, String subject, String replyTo, byte[] body);

		void publish(List<String> subjects, byte[] body);

		Message request(String subject, byte[] body, Duration atLeast, Duration atMost);

		CompletableFuture<List<Message>> requestMany(String subject, byte[] body, Duration timeout);

		NewerDispatcher newerDispatcher();

		Watch watch();

		void subscribe(String subject, NewerHandler handler);

		default String description() {
			throw new AssertionError("jnats has an implementation of its own");
		}

	}

	/** A JetStream of the future. */
	public interface NewerJetStream extends JetStream {

		@Nullable PublishAck publish(String subject, byte[] body, Duration delay);

		CompletableFuture<String> publishAsync(String subject, String key, byte[] body);

	}

	/** A dispatcher of the future. */
	public interface NewerDispatcher extends Dispatcher {

		String policy();

	}

	/** A handler of the future. */
	public interface NewerHandler extends MessageHandler {

	}

	/** An argument of the future. */
	public static final class Priority {

	}

	/**
	 * A watch of the future: a class, like that of a key-value bucket, which can more.
	 */
	public static final class Watch implements FetchConsumer {

		@Override
		public @Nullable Message nextMessage() {
			return null;
		}

		@Override
		public String getConsumerName() {
			return "watch";
		}

		@Override
		public ConsumerInfo getConsumerInfo() {
			throw new UnsupportedOperationException("getConsumerInfo()");
		}

		@Override
		public ConsumerInfo getCachedConsumerInfo() {
			throw new UnsupportedOperationException("getCachedConsumerInfo()");
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isStopped() {
			return true;
		}

		@Override
		public boolean isFinished() {
			return true;
		}

		@Override
		public void close() {
		}

	}

}
