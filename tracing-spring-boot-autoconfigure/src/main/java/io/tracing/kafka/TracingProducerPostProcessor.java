// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import org.apache.kafka.clients.producer.Producer;

import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;

/**
 * Wraps each producer that a factory makes: shared, per thread or transactional.
 */
final class TracingProducerPostProcessor<K, V> implements ProducerPostProcessor<K, V> {

	private final KafkaTracing kafka;

	private final ProducerFactory<K, V> factory;

	TracingProducerPostProcessor(KafkaTracing kafka, ProducerFactory<K, V> factory) {
		this.kafka = kafka;
		this.factory = factory;
	}

	boolean isFor(ProducerFactory<?, ?> candidate) {
		return this.factory == candidate;
	}

	@Override
	public Producer<K, V> apply(Producer<K, V> producer) {
		return this.kafka.wrap(producer, this.factory.getConfigurationProperties());
	}

}
