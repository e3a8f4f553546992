// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.UUID;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.TimeInQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
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
		if (!this.capturedHeaders.isEmpty()) {
			this.capturedHeaders.forEach(headers, builder::setAttribute);
		}
	}

	/**
	 * The attributes of one record of a batch, if it is of the most common kind, without
	 * the lists that a builder makes: a batch has hundreds.
	 * @return the attributes, {@code null} if there are others
	 */
	@Nullable Attributes plain(ConsumerRecord<?, ?> record, double timeInQueue) {
		AttributeKey<String> messageKey = this.keys.kafkaMessageKey().single();
		AttributeKey<Long> offset = this.keys.kafkaOffset().single();
		String text = this.captureKey ? text(record.key()) : null;
		if (text == null || messageKey == null || offset == null || isTombstone(record)
				|| record.deliveryCount().isPresent() || !this.capturedHeaders.isEmpty()) {
			return null;
		}
		// In the order of the names, in which they are sorted.
		return Attributes.of(messageKey, text, offset, record.offset(), MessagingAttributes.TIME_IN_QUEUE, timeInQueue);
	}

	/**
	 * The attributes of one record of a batch, for its link.
	 */
	void put(AttributesBuilder attributes, ConsumerRecord<?, ?> record) {
		String text = this.captureKey ? text(record.key()) : null;
		if (text != null) {
			this.keys.kafkaMessageKey().put(attributes, text);
		}
		if (isTombstone(record)) {
			this.keys.kafkaTombstone().put(attributes, true);
		}
		this.keys.kafkaOffset().put(attributes, record.offset());
		if (record.deliveryCount().isPresent()) {
			attributes.put(MessagingAttributes.KAFKA_SHARE_DELIVERY_COUNT, (long) record.deliveryCount().get());
		}
		if (!this.capturedHeaders.isEmpty()) {
			this.capturedHeaders.forEach(record.headers(), attributes::put);
		}
	}

	static boolean isTombstone(ConsumerRecord<?, ?> record) {
		// A value that can't be deserialized is null as well, but had bytes.
		return record.value() == null && record.serializedValueSize() <= 0;
	}

	/**
	 * Whose clock set the timestamps of a batch, {@code null} if not the same one for all
	 * records.
	 */
	static TimeInQueue.@Nullable Source commonTimestampSource(ConsumerRecords<?, ?> records) {
		TimeInQueue.Source common = null;
		for (TopicPartition partition : records.partitions()) {
			for (ConsumerRecord<?, ?> record : records.records(partition)) {
				TimeInQueue.Source source = timestampSource(record);
				if (!hasTimestamp(record) || (common != null && common != source)) {
					return null;
				}
				common = source;
			}
		}
		return common;
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
