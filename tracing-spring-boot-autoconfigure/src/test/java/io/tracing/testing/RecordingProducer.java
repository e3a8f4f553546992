// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * A producer that remembers how it was called, and has no opinion about the arguments.
 * Every send succeeds at once.
 */
public final class RecordingProducer {

	private final List<Call> calls = new ArrayList<>();

	private @Nullable RuntimeException failure;

	@SuppressWarnings("unchecked")
	public <K, V> Producer<K, V> producer() {
		return (Producer<K, V>) Proxy.newProxyInstance(Producer.class.getClassLoader(),
				new Class<?>[] { Producer.class }, (proxy, method, arguments) -> {
					if (method.getDeclaringClass() == Object.class) {
						return switch (method.getName()) {
							case "equals" -> proxy == arguments[0];
							case "hashCode" -> 42;
							default -> "recording producer";
						};
					}
					this.calls.add(new Call(method, (arguments != null) ? Arrays.asList(arguments) : List.of()));
					if (this.failure != null) {
						throw this.failure;
					}
					if (arguments != null && arguments[arguments.length - 1] instanceof Callback callback) {
						callback.onCompletion(null, null);
					}
					return method.getName().equals("send") ? new CompletableFuture<>() : null;
				});
	}

	public void failWith(@Nullable RuntimeException failure) {
		this.failure = failure;
	}

	public List<Call> calls() {
		return this.calls;
	}

	/**
	 * What was sent, whichever method was used.
	 * @return the first argument of each call to a method {@code send}
	 */
	public List<@Nullable Object> sent() {
		return this.calls.stream()
			.filter((call) -> call.method().getName().equals("send"))
			.map((call) -> call.arguments().get(0))
			.toList();
	}

	/**
	 * A call.
	 *
	 * @param method the method
	 * @param arguments what it was called with
	 */
	public record Call(Method method, List<@Nullable Object> arguments) {

	}

}
