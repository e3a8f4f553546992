// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.function.Consumer;

import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;

import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.GenericMessageListener;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;

/**
 * A share container on a topic, traced by hand, that looks at the context of its thread
 * each time it polls.
 */
final class SharedQueue implements AutoCloseable {

	private final CheckedShareConsumers consumers = new CheckedShareConsumers();

	private final ShareKafkaMessageListenerContainer<Object, Object> container;

	private SharedQueue(TracedKafka kafka, String topic, GenericMessageListener<?> listener,
			Consumer<ShareKafkaMessageListenerContainer<Object, Object>> customizer) {
		KafkaBroker.shareFromTheBeginning(topic);
		ContainerProperties properties = new ContainerProperties(topic);
		properties.setGroupId(topic);
		properties.setMessageListener(listener);
		this.container = new ShareKafkaMessageListenerContainer<>(this.consumers, properties);
		this.container.setBeanName("worker");
		customizer.accept(this.container);
		new ShareListenerTracing(kafka.tracing()).instrument(this.container);
	}

	static SharedQueue listen(TracedKafka kafka, String topic, GenericMessageListener<?> listener,
			Consumer<ShareKafkaMessageListenerContainer<Object, Object>> customizer) {
		SharedQueue queue = new SharedQueue(kafka, topic, listener, customizer);
		queue.container.start();
		return queue;
	}

	/**
	 * Stop, and check that the thread had no context whenever it polled.
	 */
	@Override
	public void close() {
		this.container.stop();
		this.consumers.assertClean();
	}

}
