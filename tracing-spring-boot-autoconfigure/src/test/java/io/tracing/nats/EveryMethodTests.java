// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.ObjectStoreWatcher;
import io.nats.client.api.Watcher;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.nats.NatsMethod.Kind;
import io.tracing.testing.Spans;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every method of every interface of jnats that a traced connection hands out goes
 * through to jnats as if tracing were not there, and tracing does with it what
 * {@code nats-methods.tsv} says, against a jnats that records its calls. A method that a
 * later jnats adds fails the first test, until somebody has thought about it.
 */
class EveryMethodTests {

	@Test
	void everyMethodWasThoughtAbout() {
		assertThat(NatsMethod.signatures()).containsExactlyInAnyOrderElementsOf(NatsMethod.table().keySet());
	}

	@ParameterizedTest
	@MethodSource("tracedOrNot")
	void callArrivesWithItsArgumentsAndItsResultComesBack(NatsMethod tested, boolean traced) throws Throwable {
		try (Client client = new Client(tested, traced)) {
			Object[] arguments = client.arguments();
			client.assertReturned(client.invoke(arguments));
			client.assertArrived(arguments);
			client.assertSpans();
		}
	}

	@ParameterizedTest
	@MethodSource("tracedOrNot")
	void callWithNullsArrivesAndNullComesBack(NatsMethod tested, boolean traced) throws Throwable {
		try (Client client = new Client(tested, traced)) {
			@Nullable Object[] arguments = Arrays.stream(tested.method().getParameterTypes())
				.map((type) -> type.isPrimitive() ? JnatsValues.of(type) : null)
				.toArray();
			if (!tested.method().getReturnType().isPrimitive()) {
				client.result = null;
			}
			assertThat(client.invoke(arguments)).isEqualTo(client.result);
			client.assertArrived(arguments);
		}
	}

	@ParameterizedTest
	@MethodSource("tracedOrNot")
	void whatItThrowsIsThrown(NatsMethod tested, boolean traced) throws Exception {
		List<Throwable> failures = new ArrayList<>(
				List.of(new IllegalStateException("unchecked"), new LinkageError("error")));
		for (Class<?> checked : tested.method().getExceptionTypes()) {
			failures.add((Throwable) JnatsValues.of((checked == Exception.class) ? IOException.class : checked));
		}
		for (Throwable failure : failures) {
			try (Client client = new Client(tested, traced)) {
				client.failure = failure;
				assertThatThrownBy(() -> client.invoke(client.arguments())).isSameAs(failure);
			}
		}
	}

	static Stream<Object[]> tracedOrNot() {
		return NatsMethod.all()
			.stream()
			.flatMap((method) -> Stream.of(new Object[] { method, true }, new Object[] { method, false }));
	}

	/**
	 * An object of the interface that the tested method belongs to, traced, over one that
	 * records.
	 */
	private static final class Client implements AutoCloseable {

		private final NatsMethod tested;

		private final boolean traced;

		private final List<@Nullable Object[]> calls = new ArrayList<>();

		private final Spans spans = new Spans();

		private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
			.setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(this.spans).build())
			.setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
			.build();

		private final ConnectionTracing connection;

		private final Object client;

		private boolean wrapped;

		private @Nullable Object result;

		private @Nullable Throwable failure;

		Client(NatsMethod tested, boolean traced) {
			this.tested = tested;
			this.traced = traced;
			Object delegate = JnatsValues.proxy(tested.type(), (proxy, method, arguments) -> answer(method, arguments));
			NatsTracing tracing = NatsTracing.builder(MessagingTracing.create(this.sdk))
				.subjects((subject) -> traced)
				.advisories(false)
				.build();
			this.connection = tracing.trace(
					(Connection) ((tested.type() == Connection.class) ? delegate : JnatsValues.of(Connection.class)));
			this.client = wrap(delegate);
			assertThat(this.client).isNotSameAs(delegate);
			Class<?> type = tested.method().getReturnType();
			this.result = (type == Connection.class) ? this.connection.connection()
					: (type != void.class) ? JnatsValues.of(type) : null;
			this.wrapped = true;
		}

		private Object wrap(Object delegate) {
			if (delegate instanceof KeyValueWatcher || delegate instanceof ObjectStoreWatcher) {
				return new TracingWatcher<>((Watcher<?>) delegate, new BucketSpans(this.connection, "orders"),
						(builder, entry) -> {
						})
					.as(cast(this.tested.type()));
			}
			if (delegate instanceof Message message) {
				Deliveries.Delivered delivered = new Deliveries(this.connection, OperationType.RECEIVE, "receive", null)
					.of(message);
				return TracingMessage.pulled(message, this.connection, null, delivered).proxy();
			}
			Object result = this.connection.handOut(delegate, null);
			assertThat(result).isNotNull();
			return result;
		}

		@SuppressWarnings({ "unchecked", "rawtypes" })
		private static <T> Class<T> cast(Class<?> type) {
			return (Class) type;
		}

		private @Nullable Object answer(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
			if (!this.wrapped || !method.getName().equals(this.tested.method().getName())) {
				return JnatsValues.answer(this.tested.type(), method.getName(), method.getReturnType());
			}
			this.calls.add((arguments != null) ? arguments : new Object[0]);
			if (this.failure != null) {
				throw this.failure;
			}
			return this.result;
		}

		/**
		 * Objects of jnats as the application has them: wrapped.
		 */
		Object[] arguments() {
			return Arrays.stream(this.tested.method().getParameterTypes()).map((type) -> {
				Object value = JnatsValues.of(type);
				return (type != Message.class) ? this.connection.handOut(value, null) : value;
			}).toArray();
		}

		@Nullable Object invoke(@Nullable Object[] arguments) throws Throwable {
			try {
				return this.tested.method().invoke(this.client, arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
			finally {
				assertThat(Context.current()).isSameAs(Context.root());
			}
		}

		void assertReturned(@Nullable Object returned) {
			if (this.tested.is(Kind.ITERATES) || (this.tested.is(Kind.RECEIVES) && returned instanceof List<?>)) {
				assertMessages(returned);
			}
			else if (this.result == null || this.tested.method().getReturnType().isPrimitive()) {
				assertThat(returned).isEqualTo(this.result);
			}
			else {
				boolean inProxy = this.tested.is(Kind.WRAPS, Kind.RECEIVES)
						|| (this.tested.is(Kind.HANDLES) && this.tested.method().getReturnType() != Object.class
								&& this.connection.handOut(this.result, null) != this.result);
				assertThat(ClientProxy.isOne(returned)).as("in a proxy").isEqualTo(inProxy);
				assertThat(ClientProxy.unwrap(returned)).isSameAs(this.result);
			}
		}

		@SuppressWarnings("unchecked")
		private void assertMessages(@Nullable Object returned) {
			List<Object> messages = new ArrayList<>();
			if (returned instanceof Iterator<?> iterator) {
				iterator.forEachRemaining(messages::add);
			}
			else {
				messages.addAll((List<Object>) returned);
			}
			assertThat(messages).hasSize(2).allMatch(ClientProxy::isOne);
			if (this.result instanceof List<?> raw) {
				assertThat(messages.stream().map(ClientProxy::unwrap).toList()).isEqualTo(raw);
			}
		}

		void assertArrived(@Nullable Object[] arguments) {
			assertThat(this.calls).hasSize(1);
			List<@Nullable Object> arrived = new ArrayList<>(Arrays.asList(this.calls.get(0)));
			List<@Nullable Object> expected = new ArrayList<>(Arrays.asList(arguments));
			if (this.tested.is(Kind.SENDS) && this.traced && arguments[0] != null) {
				assertSent(arrived, expected);
				return;
			}
			assertThat(arrived).hasSameSizeAs(expected);
			for (int i = 0; i < arrived.size(); i++) {
				Class<?> type = this.tested.method().getParameterTypes()[i];
				Object argument = arrived.get(i);
				if (expected.get(i) != null && (type == MessageHandler.class || Watcher.class.isAssignableFrom(type))) {
					assertThat(argument).isNotSameAs(expected.get(i)).isInstanceOf(type);
				}
				else {
					assertThat(argument).isSameAs(ClientProxy.unwrap(expected.get(i)));
				}
			}
		}

		/**
		 * In another overload, with more headers.
		 */
		private static void assertSent(List<@Nullable Object> arrived, List<@Nullable Object> expected) {
			if (expected.get(0) instanceof Message) {
				assertThat(arrived).contains("orders").hasAtLeastOneElementOfType(byte[].class);
				expected.remove(0);
			}
			Headers headers = arrived.stream()
				.filter(Headers.class::isInstance)
				.map(Headers.class::cast)
				.findFirst()
				.orElseThrow();
			assertThat(headers.get("traceparent")).hasSize(1);
			for (Object argument : expected) {
				if (argument instanceof Headers given) {
					assertThat(given.containsKey("traceparent")).as("the user's headers").isFalse();
					assertThat(headers.get("tenant")).isEqualTo(given.get("tenant"));
				}
				else {
					assertThat(arrived).contains(argument);
				}
			}
		}

		void assertSpans() {
			boolean one = this.tested.is(Kind.SENDS, Kind.CALLS, Kind.SETTLES, Kind.RECEIVES);
			int expected = this.tested.is(Kind.ITERATES) ? 2 : one ? 1 : 0;
			if (this.result instanceof CompletableFuture<?> future && this.tested.is(Kind.SENDS)) {
				assertThat(this.spans.open()).isEqualTo(this.traced ? 1 : 0);
				future.cancel(false);
			}
			assertThat(this.spans.ended()).hasSize(this.traced ? expected : 0);
		}

		@Override
		public void close() {
			if (this.result instanceof CompletableFuture<?> future) {
				future.cancel(false);
			}
			assertThat(this.spans.open()).as("open spans").isZero();
			assertThat(this.connection.nats().messaging().faults().count()).as("faults").isZero();
			this.sdk.close();
		}

	}

}
