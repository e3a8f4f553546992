// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.UUID;

import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.TimeInQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that differ from record to record.
 */
final class RecordAttributes {

	// A partition is a string by convention; most topics have few.
	private static final String[] PARTITIONS = new String[64];

	static {
		for (int partition = 0; partition < PARTITIONS.length; partition++) {
			PARTITIONS[partition] = Integer.toString(partition);
		}
	}

	private final MessagingAttributes keys;

	private final boolean captureKey;

	private final CapturedHeaders capturedHeaders;

	RecordAttributes(MessagingAttributes keys, boolean captureKey, CapturedHeaders capturedHeaders) {
		this.keys = keys;
		this.captureKey = captureKey;
		this.capturedHeaders = capturedHeaders;
	}

	void set(SpanBuilder builder, @Nullable Object key, boolean tombstone) {
		if (this.captureKey) {
			String text = text(key);
			if (text != null) {
				this.keys.kafkaMessageKey().set(builder, text);
			}
		}
		if (tombstone) {
			this.keys.kafkaTombstone().set(builder, true);
		}
	}

	void setHeaders(SpanBuilder builder, Headers headers) {
		this.capturedHeaders.forEach(headers, builder::setAttribute);
	}

	/**
	 * The attributes of one record of a batch, for its link.
	 */
	void put(AttributesBuilder attributes, ConsumerRecord<?, ?> record) {
		this.keys.kafkaOffset().put(attributes, record.offset());
		String text = this.captureKey ? text(record.key()) : null;
		if (text != null) {
			this.keys.kafkaMessageKey().put(attributes, text);
		}
		if (isTombstone(record)) {
			this.keys.kafkaTombstone().put(attributes, true);
		}
		record.deliveryCount()
			.ifPresent((count) -> attributes.put(MessagingAttributes.KAFKA_SHARE_DELIVERY_COUNT, (long) count));
		this.capturedHeaders.forEach(record.headers(), attributes::put);
	}

	static boolean isTombstone(ConsumerRecord<?, ?> record) {
		// A value that can't be deserialized is null as well, but had bytes.
		return record.value() == null && record.serializedValueSize() <= 0;
	}

	/**
	 * How long a record has waited, {@code null} if it carries no time.
	 */
	static @Nullable TimeInQueue timeInQueue(ConsumerRecord<?, ?> record, long now) {
		return hasTimestamp(record) ? TimeInQueue.between(record.timestamp(), now, timestampSource(record)) : null;
	}

	static boolean hasTimestamp(ConsumerRecord<?, ?> record) {
		return record.timestampType() != TimestampType.NO_TIMESTAMP_TYPE && record.timestamp() >= 0;
	}

	static TimeInQueue.Source timestampSource(ConsumerRecord<?, ?> record) {
		return (record.timestampType() == TimestampType.LOG_APPEND_TIME) ? TimeInQueue.Source.BROKER
				: TimeInQueue.Source.PRODUCER;
	}

	static String partition(int partition) {
		return (partition >= 0 && partition < PARTITIONS.length) ? PARTITIONS[partition] : Integer.toString(partition);
	}

	/**
	 * The key as text, if there is only one way to write it. The JDK's own value types
	 * alone: the {@code toString()} of anything else may mean nothing, take long or
	 * throw.
	 */
	private static @Nullable String text(@Nullable Object key) {
		if (key instanceof String string) {
			return string;
		}
		if (key instanceof Long || key instanceof Integer || key instanceof Short || key instanceof UUID) {
			return key.toString();
		}
		return null;
	}

}
