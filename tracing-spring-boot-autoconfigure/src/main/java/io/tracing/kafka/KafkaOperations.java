// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.OperationType;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one producer or consumer, one for each topic.
 */
final class KafkaOperations {

	// Bounds the memory of a client that goes through generated topics.
	private static final int MAX_TOPICS = 1000;

	private final Map<String, MessagingOperation> byTopic = new ConcurrentHashMap<>();

	private final Set<String> untraced = ConcurrentHashMap.newKeySet();

	private final KafkaTracing kafka;

	private final OperationType type;

	private final MessagingClient client;

	KafkaOperations(KafkaTracing kafka, OperationType type, MessagingClient client) {
		this.kafka = kafka;
		this.type = type;
		this.client = client;
	}

	/**
	 * The operation for a topic, {@code null} if it is not traced.
	 */
	@Nullable MessagingOperation on(String topic) {
		MessagingOperation operation = this.byTopic.get(topic);
		return (operation != null || this.untraced.contains(topic)) ? operation : first(topic);
	}

	private @Nullable MessagingOperation first(String topic) {
		boolean remember = this.byTopic.size() + this.untraced.size() < MAX_TOPICS;
		if (!this.kafka.traces(topic)) {
			if (remember) {
				this.untraced.add(topic);
			}
			return null;
		}
		// Kafka's words for sending and processing are those of the conventions.
		MessagingOperation operation = this.kafka.messaging()
			.operation(this.type, this.type.value(), topic, this.client);
		if (remember) {
			this.byTopic.put(topic, operation);
		}
		return operation;
	}

}
