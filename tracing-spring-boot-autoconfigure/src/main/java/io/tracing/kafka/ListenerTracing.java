// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.tracing.messaging.MessagingClient.ServerAddress;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Puts our interceptors in front of those that a container, or a factory of containers,
 * has already.
 */
final class ListenerTracing {

	private final KafkaTracing kafka;

	ListenerTracing(KafkaTracing kafka) {
		this.kafka = kafka;
	}

	@SuppressWarnings("unchecked")
	void instrument(AbstractKafkaListenerContainerFactory<?, ?, ?> factory,
			TracingRecordInterceptor<Object, Object> interceptor,
			TracingBatchInterceptor<Object, Object> batchInterceptor) {
		AbstractKafkaListenerContainerFactory<?, Object, Object> target = (AbstractKafkaListenerContainerFactory<?, Object, Object>) factory;
		RecordInterceptor<Object, Object> existing = target.getRecordInterceptor();
		if (this.kafka.messaging().isEnabled() && !(existing instanceof TracingRecordInterceptor)) {
			target.setRecordInterceptor(interceptor.inFrontOf(existing, server(target.getConsumerFactory())));
		}
		BatchInterceptor<Object, Object> existingForBatches = target.getBatchInterceptor();
		if (this.kafka.messaging().isEnabled() && !(existingForBatches instanceof TracingBatchInterceptor)) {
			target.setBatchInterceptor(
					batchInterceptor.inFrontOf(existingForBatches, server(target.getConsumerFactory())));
		}
	}

	@SuppressWarnings("unchecked")
	void instrument(AbstractMessageListenerContainer<?, ?> container,
			TracingRecordInterceptor<Object, Object> interceptor,
			TracingBatchInterceptor<Object, Object> batchInterceptor) {
		AbstractMessageListenerContainer<Object, Object> target = (AbstractMessageListenerContainer<Object, Object>) container;
		RecordInterceptor<Object, Object> existing = target.getRecordInterceptor();
		if (this.kafka.messaging().isEnabled() && !(existing instanceof TracingRecordInterceptor)) {
			target.setRecordInterceptor(interceptor.inFrontOf(existing, null));
		}
		BatchInterceptor<Object, Object> existingForBatches = target.getBatchInterceptor();
		if (this.kafka.messaging().isEnabled() && !(existingForBatches instanceof TracingBatchInterceptor)) {
			target.setBatchInterceptor(batchInterceptor.inFrontOf(existingForBatches, null));
		}
	}

	private static @Nullable ServerAddress server(@Nullable ConsumerFactory<?, ?> factory) {
		return (factory != null) ? BootstrapServers.singleServer(factory.getConfigurationProperties()) : null;
	}

}
