// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.common.AttributeKey;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

/**
 * Every attribute key that this library writes. They are copied from the OpenTelemetry
 * conventions, because no stable artifact carries them: {@code opentelemetry-semconv} has
 * stable keys only, and messaging is still in development. The constants are the same in
 * 1.44 and 1.45; the methods give what 1.45 renamed.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">Messaging
 * spans</a>
 */
public final class MessagingAttributes {

	/** {@code messaging.operation.name}: the system's word, such as {@code send}. */
	public static final AttributeKey<String> OPERATION_NAME = stringKey("messaging.operation.name");

	/** {@code messaging.operation.type}: one of {@link OperationType}. */
	public static final AttributeKey<String> OPERATION_TYPE = stringKey("messaging.operation.type");

	/** {@code messaging.destination.name}: the topic or subject. */
	public static final AttributeKey<String> DESTINATION_NAME = stringKey("messaging.destination.name");

	/** {@code messaging.destination.partition.id}: a string by convention. */
	public static final AttributeKey<String> PARTITION_ID = stringKey("messaging.destination.partition.id");

	/** {@code messaging.consumer.group.name}. */
	public static final AttributeKey<String> CONSUMER_GROUP_NAME = stringKey("messaging.consumer.group.name");

	/** {@code messaging.client.id}. */
	public static final AttributeKey<String> CLIENT_ID = stringKey("messaging.client.id");

	/** {@code server.address}. */
	public static final AttributeKey<String> SERVER_ADDRESS = stringKey("server.address");

	/** {@code server.port}. */
	public static final AttributeKey<Long> SERVER_PORT = longKey("server.port");

	/** {@code error.type}: the class name of the user's exception. */
	public static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");

	/** Seconds from the message's timestamp to its delivery; not in the conventions. */
	public static final AttributeKey<Double> TIME_IN_QUEUE = doubleKey("messaging.message.time_in_queue");

	/** Whose clock set the timestamp that the time in queue is counted from. */
	public static final AttributeKey<String> TIME_IN_QUEUE_SOURCE = stringKey("messaging.message.time_in_queue_source");

	/** {@code messaging.batch.message_count}: present where the API takes batches. */
	public static final AttributeKey<Long> BATCH_MESSAGE_COUNT = longKey("messaging.batch.message_count");

	/**
	 * How many messages of a batch carried a context for which the span had no room; not
	 * in the conventions.
	 */
	public static final AttributeKey<Long> BATCH_UNLINKED_MESSAGE_COUNT = longKey(
			"messaging.batch.unlinked_message_count");

	/**
	 * {@code messaging.kafka.share.delivery_count}: how often a share group was given the
	 * record, this time included; not in the conventions.
	 */
	public static final AttributeKey<Long> KAFKA_SHARE_DELIVERY_COUNT = longKey("messaging.kafka.share.delivery_count");

	/**
	 * {@code messaging.kafka.share.acknowledge_type}: what became of the record in its
	 * share group: {@code accept}, {@code release}, {@code reject} or {@code renew}; not
	 * in the conventions.
	 */
	public static final AttributeKey<String> KAFKA_SHARE_ACKNOWLEDGE_TYPE = stringKey(
			"messaging.kafka.share.acknowledge_type");

	/**
	 * Which attempt to process the record it is, counted from 1 and present where the
	 * record's headers tell; not in the conventions.
	 */
	public static final AttributeKey<Long> KAFKA_DELIVERY_ATTEMPT = longKey("messaging.kafka.delivery_attempt");

	/**
	 * The topic that a record of a retry or dead letter topic was sent to first; not in
	 * the conventions.
	 */
	public static final AttributeKey<String> KAFKA_ORIGINAL_TOPIC = stringKey("messaging.kafka.original_topic");

	private final MessagingKey<String> system;

	private final MessagingKey<Long> kafkaOffset;

	private final MessagingKey<String> kafkaMessageKey;

	private final MessagingKey<Boolean> kafkaTombstone;

	MessagingAttributes(SemanticConventions conventions) {
		this.system = MessagingKey.renamed(conventions, stringKey("messaging.system"),
				stringKey("messaging.system.name"));
		this.kafkaOffset = MessagingKey.renamed(conventions, longKey("messaging.kafka.offset"),
				longKey("kafka.offset"));
		this.kafkaMessageKey = MessagingKey.renamed(conventions, stringKey("messaging.kafka.message.key"),
				stringKey("kafka.message.key"));
		this.kafkaTombstone = MessagingKey.renamed(conventions, booleanKey("messaging.kafka.message.tombstone"),
				booleanKey("kafka.message.tombstone"));
	}

	/**
	 * The messaging system, such as {@code kafka}.
	 * @return {@code messaging.system}, since 1.45 {@code messaging.system.name}
	 */
	public MessagingKey<String> system() {
		return this.system;
	}

	/**
	 * The offset of a record in its partition.
	 * @return {@code messaging.kafka.offset}, since 1.45 {@code kafka.offset}
	 */
	public MessagingKey<Long> kafkaOffset() {
		return this.kafkaOffset;
	}

	/**
	 * The key of a record, where it has an unambiguous string form.
	 * @return {@code messaging.kafka.message.key}, since 1.45 {@code kafka.message.key}
	 */
	public MessagingKey<String> kafkaMessageKey() {
		return this.kafkaMessageKey;
	}

	/**
	 * Present and {@code true} where the value of a record is {@code null}.
	 * @return {@code messaging.kafka.message.tombstone}, since 1.45
	 * {@code kafka.message.tombstone}
	 */
	public MessagingKey<Boolean> kafkaTombstone() {
		return this.kafkaTombstone;
	}

}
