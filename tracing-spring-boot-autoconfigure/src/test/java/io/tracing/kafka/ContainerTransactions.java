// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.tracing.testing.AnySerializer;
import io.tracing.testing.KafkaBroker;
import org.apache.kafka.clients.producer.ProducerConfig;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.transaction.KafkaTransactionManager;

/**
 * Transactions of a listener container, if any, with the interceptor before or inside.
 */
final class ContainerTransactions implements AutoCloseable {

	private static final AtomicInteger ID = new AtomicInteger();

	private final DefaultKafkaProducerFactory<Object, Object> producers = new DefaultKafkaProducerFactory<>(
			Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
					ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, AnySerializer.class,
					ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, AnySerializer.class));

	ContainerTransactions() {
		this.producers.setTransactionIdPrefix("listener-" + ID.incrementAndGet() + "-");
	}

	void use(ConcurrentMessageListenerContainer<Object, Object> container, String transaction) {
		if (!transaction.equals("none")) {
			container.getContainerProperties()
				.setKafkaAwareTransactionManager(new KafkaTransactionManager<>(this.producers));
			container.setInterceptBeforeTx(transaction.equals("before"));
		}
	}

	@Override
	public void close() {
		this.producers.destroy();
	}

}
