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

	private final String name;

	private final MessagingClient client;

	private @Nullable MessagingOperation onSeveral;

	KafkaOperations(KafkaTracing kafka, OperationType type, String name, MessagingClient client) {
		this.kafka = kafka;
		this.type = type;
		this.name = name;
		this.client = client;
	}

	/**
	 * The operation for a topic, {@code null} if it is not traced.
	 */
	@Nullable MessagingOperation on(String topic) {
		MessagingOperation operation = this.byTopic.get(topic);
		return (operation != null || this.untraced.contains(topic)) ? operation : first(topic);
	}

	/**
	 * The operation for a batch from several topics.
	 */
	MessagingOperation onSeveral() {
		MessagingOperation operation = this.onSeveral;
		if (operation == null) {
			operation = this.kafka.messaging().operation(this.type, this.name, null, this.client);
			this.onSeveral = operation;
		}
		return operation;
	}

	private @Nullable MessagingOperation first(String topic) {
		boolean remember = this.byTopic.size() + this.untraced.size() < MAX_TOPICS;
		if (!this.kafka.traces(topic)) {
			if (remember) {
				this.untraced.add(topic);
			}
			return null;
		}
		MessagingOperation operation = this.kafka.messaging().operation(this.type, this.name, topic, this.client);
		if (remember) {
			this.byTopic.put(topic, operation);
		}
		return operation;
	}

}
