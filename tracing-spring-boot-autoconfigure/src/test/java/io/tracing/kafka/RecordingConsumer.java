// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * A consumer that remembers what its polls returned.
 */
final class RecordingConsumer {

	private RecordingConsumer() {
	}

	@SuppressWarnings("unchecked")
	static <K, V> Consumer<K, V> of(Consumer<K, V> consumer, List<ConsumerRecords<K, V>> polled) {
		return (Consumer<K, V>) Proxy.newProxyInstance(Consumer.class.getClassLoader(),
				new Class<?>[] { Consumer.class }, (proxy, method, arguments) -> {
					try {
						Object result = method.invoke(consumer, arguments);
						if (method.getName().equals("poll")) {
							polled.add((ConsumerRecords<K, V>) result);
						}
						return result;
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

}
