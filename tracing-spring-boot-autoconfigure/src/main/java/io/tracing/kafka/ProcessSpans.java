// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Optional;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Starts the span of one record that is processed, alone or within a batch.
 */
final class ProcessSpans {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	ProcessSpans(KafkaTracing kafka) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
	}

	/**
	 * Start a span.
	 * @param operation what it is a span of
	 * @param record the record
	 * @param producer the context that it carries
	 * @return the span, running but not current
	 */
	RunningSpan start(MessagingOperation operation, ConsumerRecord<?, ?> record, Context producer) {
		return start(operation, record, this.kafka.headersOf(record), producer);
	}

	/**
	 * Start a span.
	 * @param operation what it is a span of
	 * @param record the record
	 * @param headers its headers
	 * @param producer the context that they carry
	 * @return the span, running but not current
	 */
	RunningSpan start(MessagingOperation operation, ConsumerRecord<?, ?> record, Header[] headers, Context producer) {
		SpanBuilder builder = this.tracing.processSpan(operation, producer);
		builder.setAttribute(MessagingAttributes.PARTITION_ID, RecordAttributes.partition(record.partition()));
		this.tracing.attributes().kafkaOffset().set(builder, record.offset());
		this.kafka.recordAttributes().set(builder, record.key(), RecordAttributes.isTombstone(record));
		this.kafka.recordAttributes().setHeaders(builder, record.headers());
		RetryHeaders.set(builder, headers);
		Optional<Short> deliveryCount = record.deliveryCount();
		if (deliveryCount.isPresent()) {
			builder.setAttribute(MessagingAttributes.KAFKA_SHARE_DELIVERY_COUNT, (long) deliveryCount.get());
		}
		if (RecordAttributes.hasTimestamp(record)) {
			this.tracing.timeInQueue(operation, builder, record.timestamp(), RecordAttributes.timestampSource(record));
		}
		return this.tracing.start(operation, builder, producer);
	}

}
