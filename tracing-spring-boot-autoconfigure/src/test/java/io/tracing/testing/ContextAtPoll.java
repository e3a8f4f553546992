// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.Consumer;

import org.springframework.kafka.core.ConsumerPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks at the context of a consumer thread each time it polls: whatever happened to the
 * records of the poll before, nothing of it must be left.
 */
final class ContextAtPoll<K, V> implements ConsumerPostProcessor<K, V> {

	private final List<Context> leaked = new CopyOnWriteArrayList<>();

	@Override
	@SuppressWarnings("unchecked")
	public Consumer<K, V> apply(Consumer<K, V> consumer) {
		return (Consumer<K, V>) Proxy.newProxyInstance(Consumer.class.getClassLoader(),
				new Class<?>[] { Consumer.class }, (proxy, method, arguments) -> {
					// A poll of no duration is that of an error handler, which keeps the
					// consumer alive while it retries a batch, still inside its span.
					if (method.getName().equals("poll") && !Duration.ZERO.equals(arguments[0])
							&& Context.current() != Context.root()) {
						this.leaked.add(Context.current());
					}
					try {
						return method.invoke(consumer, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	void assertClean() {
		assertThat(this.leaked).as("contexts left on the thread when it polled again").isEmpty();
	}

}
