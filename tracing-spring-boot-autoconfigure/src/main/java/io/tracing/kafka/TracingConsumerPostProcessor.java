// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import org.apache.kafka.clients.consumer.Consumer;

import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ConsumerPostProcessor;

/**
 * Wraps the consumers that a factory makes.
 */
final class TracingConsumerPostProcessor<K, V> implements ConsumerPostProcessor<K, V> {

	private final KafkaTracing kafka;

	private final ConsumerFactory<K, V> factory;

	TracingConsumerPostProcessor(KafkaTracing kafka, ConsumerFactory<K, V> factory) {
		this.kafka = kafka;
		this.factory = factory;
	}

	@Override
	public Consumer<K, V> apply(Consumer<K, V> consumer) {
		return this.kafka.wrap(consumer, this.factory.getConfigurationProperties());
	}

}
