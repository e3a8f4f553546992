// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;

import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.OperationType;
import org.apache.kafka.clients.producer.Producer;

import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;

/**
 * Traces producers, by themselves and where their factories make them.
 */
final class ProducerTracing {

	private final KafkaTracing kafka;

	ProducerTracing(KafkaTracing kafka) {
		this.kafka = kafka;
	}

	<K, V> boolean instrument(ProducerFactory<K, V> factory) {
		if (this.kafka.messaging().isEnabled()) {
			removeThoseOfTheOriginal(factory);
			if (!isTraced(factory)) {
				factory.addPostProcessor(new TracingProducerPostProcessor<>(this.kafka, factory));
			}
		}
		return isTraced(factory);
	}

	/**
	 * A template with properties of its own copies its factory, post-processors included;
	 * but its producers may talk to another broker.
	 */
	private static <K, V> void removeThoseOfTheOriginal(ProducerFactory<K, V> factory) {
		for (ProducerPostProcessor<K, V> postProcessor : List.copyOf(factory.getPostProcessors())) {
			if (postProcessor instanceof TracingProducerPostProcessor<K, V> tracing && !tracing.isFor(factory)) {
				factory.removePostProcessor(tracing);
			}
		}
	}

	static boolean isTraced(ProducerFactory<?, ?> factory) {
		return factory.getPostProcessors().stream().anyMatch(TracingProducerPostProcessor.class::isInstance);
	}

	<K, V> Producer<K, V> wrap(Producer<K, V> producer, Map<String, ?> configuration) {
		if (!this.kafka.messaging().isEnabled() || ClientProxy.isOne(producer)) {
			return producer;
		}
		try {
			MessagingClient client = new MessagingClient(KafkaTracing.SYSTEM, KafkaClientId.of(producer.metrics()),
					null, BootstrapServers.singleServer(configuration));
			KafkaOperations operations = new KafkaOperations(this.kafka, OperationType.SEND, "send", client);
			return new TracingProducer<>(producer, this.kafka, operations).as(Producer.class);
		}
		catch (Throwable ex) {
			this.kafka.messaging().faults().report("wrapping a Kafka producer", ex);
			return producer;
		}
	}

}
