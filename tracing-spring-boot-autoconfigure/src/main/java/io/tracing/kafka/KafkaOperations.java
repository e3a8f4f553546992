// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;

/**
 * The operations of one producer or consumer, one for each topic.
 */
final class KafkaOperations {

	// Bounds the memory of a client that goes through generated topics.
	private static final int MAX_TOPICS = 1000;

	private final Map<String, MessagingOperation> byTopic = new ConcurrentHashMap<>();

	private final MessagingTracing tracing;

	private final OperationType type;

	private final MessagingClient client;

	KafkaOperations(MessagingTracing tracing, OperationType type, MessagingClient client) {
		this.tracing = tracing;
		this.type = type;
		this.client = client;
	}

	MessagingOperation on(String topic) {
		MessagingOperation operation = this.byTopic.get(topic);
		if (operation == null) {
			// Kafka's words for sending and processing are those of the conventions.
			operation = this.tracing.operation(this.type, this.type.value(), topic, this.client);
			if (this.byTopic.size() < MAX_TOPICS) {
				this.byTopic.put(topic, operation);
			}
		}
		return operation;
	}

}
