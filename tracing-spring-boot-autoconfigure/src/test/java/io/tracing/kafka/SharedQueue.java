// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.opentelemetry.context.Context;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.DefaultShareConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.GenericMessageListener;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A share container on a topic, traced by hand, that looks at the context of its thread
 * each time it polls.
 */
final class SharedQueue implements AutoCloseable {

	private final List<Context> leaked = new CopyOnWriteArrayList<>();

	private final ShareKafkaMessageListenerContainer<Object, Object> container;

	private SharedQueue(TracedKafka kafka, String topic, GenericMessageListener<?> listener,
			Consumer<ShareKafkaMessageListenerContainer<Object, Object>> customizer) {
		KafkaBroker.shareFromTheBeginning(topic);
		ContainerProperties properties = new ContainerProperties(topic);
		properties.setGroupId(topic);
		properties.setMessageListener(listener);
		this.container = new ShareKafkaMessageListenerContainer<>(new Factory(), properties);
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
		assertThat(this.leaked).as("contexts left on the thread when it polled again").isEmpty();
	}

	private final class Factory extends DefaultShareConsumerFactory<Object, Object> {

		Factory() {
			super(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
					ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
					ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
					ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20));
		}

		@Override
		@SuppressWarnings("unchecked")
		protected ShareConsumer<Object, Object> createRawConsumer(@Nullable String groupId, @Nullable String clientId,
				Map<String, Object> overrides) {
			ShareConsumer<Object, Object> consumer = super.createRawConsumer(groupId, clientId, overrides);
			return (ShareConsumer<Object, Object>) Proxy.newProxyInstance(ShareConsumer.class.getClassLoader(),
					new Class<?>[] { ShareConsumer.class }, (proxy, method, arguments) -> {
						if (method.getName().equals("poll")) {
							return poll(consumer);
						}
						try {
							return method.invoke(consumer, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					});
		}

		/**
		 * A container that is to stop waits for its poll to return, for a second if there
		 * is no record.
		 */
		private ConsumerRecords<Object, Object> poll(ShareConsumer<Object, Object> consumer) {
			if (Context.current() != Context.root()) {
				SharedQueue.this.leaked.add(Context.current());
			}
			return consumer.poll(Duration.ofMillis(20));
		}

	}

}
