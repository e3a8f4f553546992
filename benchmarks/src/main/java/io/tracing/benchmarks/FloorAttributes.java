// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The keys of the messaging conventions 1.44 that the floor's spans carry.
 */
final class FloorAttributes {

	static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");

	static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");

	static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");

	static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");

	static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");

	static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

	static final AttributeKey<String> KEY = AttributeKey.stringKey("messaging.kafka.message.key");

	static final AttributeKey<Boolean> TOMBSTONE = AttributeKey.booleanKey("messaging.kafka.message.tombstone");

	static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");

	static final AttributeKey<String> CLIENT_ID = AttributeKey.stringKey("messaging.client.id");

	static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

	static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

	static final AttributeKey<Long> BATCH_MESSAGE_COUNT = AttributeKey.longKey("messaging.batch.message_count");

	static final AttributeKey<String> SUBSCRIPTION = AttributeKey.stringKey("messaging.destination.subscription.name");

	static final AttributeKey<String> NATS_STREAM = AttributeKey.stringKey("messaging.nats.stream");

	static final AttributeKey<Long> NATS_STREAM_SEQUENCE = AttributeKey.longKey("messaging.nats.stream.sequence");

	static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private FloorAttributes() {
	}

}
