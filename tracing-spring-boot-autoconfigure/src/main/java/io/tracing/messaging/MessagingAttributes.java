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

	/**
	 * {@code messaging.destination.template}: the pattern that a destination of high
	 * cardinality was made from.
	 */
	public static final AttributeKey<String> DESTINATION_TEMPLATE = stringKey("messaging.destination.template");

	/** {@code messaging.destination.temporary}: present where it is {@code true}. */
	public static final AttributeKey<Boolean> DESTINATION_TEMPORARY = booleanKey("messaging.destination.temporary");

	/** {@code messaging.destination.subscription.name}: what a JetStream consumer is. */
	public static final AttributeKey<String> SUBSCRIPTION_NAME = stringKey("messaging.destination.subscription.name");

	/** {@code messaging.message.id}: what tells a message from a copy of it. */
	public static final AttributeKey<String> MESSAGE_ID = stringKey("messaging.message.id");

	/** {@code messaging.message.body.size}, in bytes. */
	public static final AttributeKey<Long> MESSAGE_BODY_SIZE = longKey("messaging.message.body.size");

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

	/**
	 * Why a message carries no context: {@code max_payload} if there was no room for it,
	 * {@code no_headers} if the connection takes none; not in the conventions.
	 */
	public static final AttributeKey<String> NATS_CONTEXT_OMITTED = stringKey("messaging.nats.context_omitted");

	/**
	 * {@code true} where JetStream had stored the message before, under the same
	 * {@code Nats-Msg-Id}; not in the conventions.
	 */
	public static final AttributeKey<Boolean> NATS_PUBLISH_DUPLICATE = booleanKey("messaging.nats.publish.duplicate");

	/** The key of an entry in a key-value bucket; not in the conventions. */
	public static final AttributeKey<String> NATS_KEY_VALUE_KEY = stringKey("messaging.nats.key_value.key");

	/** The revision of an entry in a key-value bucket; not in the conventions. */
	public static final AttributeKey<Long> NATS_KEY_VALUE_REVISION = longKey("messaging.nats.key_value.revision");

	/** The name of an object in an object store; not in the conventions. */
	public static final AttributeKey<String> NATS_OBJECT_NAME = stringKey("messaging.nats.object.name");

	/** How many chunks an object is stored in; not in the conventions. */
	public static final AttributeKey<Long> NATS_OBJECT_CHUNKS = longKey("messaging.nats.object.chunks");

	private final MessagingKey<String> system;

	private final MessagingKey<Long> kafkaOffset;

	private final MessagingKey<String> kafkaMessageKey;

	private final MessagingKey<Boolean> kafkaTombstone;

	private final MessagingKey<String> natsStream;

	private final MessagingKey<Long> natsStreamSequence;

	private final MessagingKey<Long> natsConsumerSequence;

	private final MessagingKey<Long> natsDeliveryCount;

	MessagingAttributes(SemanticConventions conventions) {
		this.system = MessagingKey.renamed(conventions, stringKey("messaging.system"),
				stringKey("messaging.system.name"));
		this.kafkaOffset = MessagingKey.renamed(conventions, longKey("messaging.kafka.offset"),
				longKey("kafka.offset"));
		this.kafkaMessageKey = MessagingKey.renamed(conventions, stringKey("messaging.kafka.message.key"),
				stringKey("kafka.message.key"));
		this.kafkaTombstone = MessagingKey.renamed(conventions, booleanKey("messaging.kafka.message.tombstone"),
				booleanKey("kafka.message.tombstone"));
		this.natsStream = MessagingKey.renamed(conventions, stringKey("messaging.nats.stream"),
				stringKey("nats.stream"));
		this.natsStreamSequence = MessagingKey.renamed(conventions, longKey("messaging.nats.stream.sequence"),
				longKey("nats.stream.sequence"));
		this.natsConsumerSequence = MessagingKey.renamed(conventions, longKey("messaging.nats.consumer.sequence"),
				longKey("nats.consumer.sequence"));
		this.natsDeliveryCount = MessagingKey.renamed(conventions, longKey("messaging.nats.message.delivery_count"),
				longKey("nats.message.delivery_count"));
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

	/**
	 * The JetStream stream that stores a message. The conventions have nothing for NATS
	 * yet: the names follow their rules, in either release.
	 * @return {@code messaging.nats.stream}, with 1.45 {@code nats.stream}
	 */
	public MessagingKey<String> natsStream() {
		return this.natsStream;
	}

	/**
	 * Where a message stands in its stream.
	 * @return {@code messaging.nats.stream.sequence}, with 1.45
	 * {@code nats.stream.sequence}
	 */
	public MessagingKey<Long> natsStreamSequence() {
		return this.natsStreamSequence;
	}

	/**
	 * The number of a delivery, counted by the consumer.
	 * @return {@code messaging.nats.consumer.sequence}, with 1.45
	 * {@code nats.consumer.sequence}
	 */
	public MessagingKey<Long> natsConsumerSequence() {
		return this.natsConsumerSequence;
	}

	/**
	 * How often a message was delivered, this time included.
	 * @return {@code messaging.nats.message.delivery_count}, with 1.45
	 * {@code nats.message.delivery_count}
	 */
	public MessagingKey<Long> natsDeliveryCount() {
		return this.natsDeliveryCount;
	}

}
