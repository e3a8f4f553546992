// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingClient.ServerAddress;
import io.tracing.messaging.OperationType;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.support.KafkaUtils;

/**
 * The operations of the listeners that one interceptor traces: its containers have
 * several consumers.
 */
final class ListenerOperations {

	private final Map<MessagingClient, KafkaOperations> byClient = new ConcurrentHashMap<>();

	private final KafkaTracing kafka;

	private final @Nullable ServerAddress server;

	ListenerOperations(KafkaTracing kafka, @Nullable ServerAddress server) {
		this.kafka = kafka;
		this.server = server;
	}

	/**
	 * The broker that the containers consume from, if known.
	 */
	@Nullable ServerAddress server() {
		return this.server;
	}

	/**
	 * Those of a consumer. To be called on its thread, where Spring Kafka keeps the
	 * group.
	 */
	KafkaOperations of(Consumer<?, ?> consumer) {
		MessagingClient client = new MessagingClient(KafkaTracing.SYSTEM, KafkaClientId.of(consumer.metrics()),
				KafkaUtils.getConsumerGroupId(), this.server);
		return this.byClient.computeIfAbsent(client,
				(key) -> new KafkaOperations(this.kafka, OperationType.PROCESS, "process", key));
	}

}
