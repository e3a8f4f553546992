// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tracing.messaging.MessagingTracing;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.objenesis.ObjenesisStd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every method of every client's interface, whichever the Kafka release has, goes through
 * ours to the client as if ours were not there. Two methods of ours look at what passes:
 * those that send and commit, which put a callback of their own in front of the user's.
 */
class ClientProxyTests {

	private static final List<Class<?>> CLIENTS = List.of(Producer.class, Consumer.class, ShareConsumer.class);

	@ParameterizedTest
	@MethodSource("methods")
	void callArrivesWithItsArgumentsAndItsResultComesBack(ClientMethod tested) throws Throwable {
		Client client = new Client(tested);
		Object[] arguments = tested.arguments();
		client.assertReturned(client.invoke(arguments));
		client.assertArrived(arguments);
	}

	@ParameterizedTest
	@MethodSource("methods")
	void callWithNullsArrivesAndNullComesBack(ClientMethod tested) throws Throwable {
		Client client = new Client(tested);
		Object[] arguments = tested.nulls();
		if (!tested.method.getReturnType().isPrimitive()) {
			client.result = null;
		}
		client.assertReturned(client.invoke(arguments));
		client.assertArrived(arguments);
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whatItThrowsIsThrown(ClientMethod tested) {
		List<Throwable> failures = new ArrayList<>(
				List.of(new IllegalStateException("unchecked"), new LinkageError("error")));
		if (Arrays.asList(tested.method.getExceptionTypes()).contains(IOException.class)) {
			failures.add(new IOException("checked"));
		}
		for (Throwable failure : failures) {
			Client client = new Client(tested);
			client.failure = failure;
			assertThatThrownBy(() -> client.invoke(tested.arguments())).isSameAs(failure);
		}
	}

	@ParameterizedTest
	@MethodSource("clients")
	void methodsOfObjectAreItsOwn(Class<?> type) {
		Object delegate = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> method.getName().equals("toString") ? "a client" : null);
		Object client = wrap(delegate, (topic) -> true);
		assertThat(client).isEqualTo(client)
			.hasSameHashCodeAs(client)
			.isNotEqualTo(wrap(delegate, (topic) -> true))
			.isNotEqualTo(delegate)
			.isNotEqualTo(null)
			.hasToString("traced a client");
	}

	@ParameterizedTest
	@MethodSource("clients")
	void clientIsWrappedOnce(Class<?> type) {
		Object client = wrap(value(type), (topic) -> true);
		assertThat(wrap(client, (topic) -> true)).isSameAs(client);
	}

	static List<Class<?>> clients() {
		return CLIENTS;
	}

	static Stream<ClientMethod> methods() {
		return CLIENTS.stream()
			.flatMap((type) -> Arrays.stream(type.getMethods())
				.filter((method) -> !Modifier.isStatic(method.getModifiers()))
				.flatMap((method) -> Stream.of(new ClientMethod(type, method, true),
						new ClientMethod(type, method, false))));
	}

	private static Object wrap(Object client, Predicate<String> topics) {
		KafkaTracing kafka = KafkaTracing.builder(MessagingTracing.create(OpenTelemetrySdk.builder().build()))
			.topics(topics)
			.pollSpans(true)
			.commitSpans(true)
			.build();
		if (client instanceof Producer<?, ?> producer) {
			return kafka.wrap(producer, Map.of());
		}
		return (client instanceof Consumer<?, ?> consumer) ? kafka.wrap(consumer, Map.of())
				: kafka.wrap((ShareConsumer<?, ?>) client, Map.of());
	}

	private static Object value(Class<?> type) {
		if (type == boolean.class) {
			return true;
		}
		if (type == int.class) {
			return 42;
		}
		if (type == long.class) {
			return 42L;
		}
		if (type.isEnum()) {
			return type.getEnumConstants()[0];
		}
		// New instances, so that identity tells whether they arrived.
		Map<Class<?>, Object> values = new HashMap<>();
		values.put(Map.class, new HashMap<>());
		values.put(Set.class, new HashSet<>());
		values.put(ProducerRecord.class, new ProducerRecord<>("orders", "value"));
		values.put(ConsumerRecords.class, new ConsumerRecords<>(Map.of(), Map.of()));
		values.put(Duration.class, Duration.ofMillis(42));
		values.put(Optional.class, Optional.of("value"));
		Object value = values.get(type);
		if (value != null) {
			return value;
		}
		if (type.isInterface()) {
			return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> switch (method.getName()) {
						case "hashCode" -> 42;
						case "equals" -> proxy == arguments[0];
						case "toString" -> type.getSimpleName();
						default -> null;
					});
		}
		return new ObjenesisStd().newInstance(type);
	}

	/**
	 * A method of a client.
	 *
	 * @param type the interface of the client
	 * @param method the method
	 * @param traced whether the client's topics are traced
	 */
	record ClientMethod(Class<?> type, Method method, boolean traced) {

		Object[] arguments() {
			return Arrays.stream(this.method.getParameterTypes()).map(ClientProxyTests::value).toArray();
		}

		@Nullable Object[] nulls() {
			return Arrays.stream(this.method.getParameterTypes())
				.map((type) -> type.isPrimitive() ? value(type) : null)
				.toArray();
		}

		@Override
		public String toString() {
			return this.method + (this.traced ? "" : " on an untraced topic");
		}

	}

	private static final class Client {

		private final ClientMethod tested;

		private final List<@Nullable Object[]> calls = new ArrayList<>();

		private @Nullable Object result;

		private @Nullable Throwable failure;

		Client(ClientMethod tested) {
			this.tested = tested;
			this.result = (tested.method.getReturnType() != void.class) ? value(tested.method.getReturnType()) : null;
		}

		@Nullable Object invoke(@Nullable Object[] arguments) throws Throwable {
			boolean[] wrapped = new boolean[1];
			Object delegate = Proxy.newProxyInstance(this.tested.type.getClassLoader(),
					new Class<?>[] { this.tested.type }, (proxy, method, actual) -> {
						if (!wrapped[0] || !method.getName().equals(this.tested.method.getName())) {
							return (method.getReturnType() != void.class) ? value(method.getReturnType()) : null;
						}
						this.calls.add((actual != null) ? actual : new Object[0]);
						if (this.failure != null) {
							throw this.failure;
						}
						return this.result;
					});
			Object client = wrap(delegate, (topic) -> this.tested.traced);
			assertThat(client).isNotSameAs(delegate);
			wrapped[0] = true;
			try {
				return this.tested.method.invoke(client, arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		}

		void assertReturned(@Nullable Object returned) {
			if (this.tested.method.getReturnType().isPrimitive()) {
				assertThat(returned).isEqualTo(this.result);
			}
			else {
				assertThat(returned).isSameAs(this.result);
			}
		}

		void assertArrived(@Nullable Object[] arguments) {
			assertThat(this.calls).hasSize(1);
			List<@Nullable Object> arrived = new ArrayList<>(Arrays.asList(this.calls.get(0)));
			List<@Nullable Object> expected = new ArrayList<>(Arrays.asList(arguments));
			String name = this.tested.method.getName();
			if (name.equals("send") || name.equals("commitAsync")) {
				// Ours in front of the user's, or of none.
				removeCallback(arrived);
				removeCallback(expected);
			}
			assertThat(arrived).hasSameSizeAs(expected);
			for (int i = 0; i < arrived.size(); i++) {
				if (arrived.get(i) instanceof ProducerRecord<?, ?> record && expected.get(i) != null) {
					assertThat(record).isEqualTo(expected.get(i));
				}
				else {
					assertThat(arrived.get(i)).isSameAs(expected.get(i));
				}
			}
		}

	}

	private static void removeCallback(List<@Nullable Object> arguments) {
		int last = arguments.size() - 1;
		boolean callback = last >= 0
				&& (arguments.get(last) instanceof Callback || arguments.get(last) instanceof OffsetCommitCallback);
		if (callback || (last >= 0 && arguments.get(last) == null)) {
			arguments.remove(last);
		}
	}

}
