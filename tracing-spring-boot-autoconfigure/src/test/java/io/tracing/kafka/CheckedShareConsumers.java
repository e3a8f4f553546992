// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.context.Context;
import io.tracing.testing.KafkaBroker;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.DefaultShareConsumerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes share consumers that look at the context of their thread each time they poll.
 */
final class CheckedShareConsumers extends DefaultShareConsumerFactory<Object, Object> {

	private final List<Context> leaked = new CopyOnWriteArrayList<>();

	CheckedShareConsumers() {
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
	 * A container that is to stop waits for its poll to return, for a second if there is
	 * no record.
	 */
	private ConsumerRecords<Object, Object> poll(ShareConsumer<Object, Object> consumer) {
		if (Context.current() != Context.root()) {
			this.leaked.add(Context.current());
		}
		return consumer.poll(Duration.ofMillis(20));
	}

	void assertClean() {
		assertThat(this.leaked).as("contexts left on the thread when it polled again").isEmpty();
	}

}
