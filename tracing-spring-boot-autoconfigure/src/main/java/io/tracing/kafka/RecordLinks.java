// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Set;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.TimeInQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Links the span of a batch to the spans that sent its records. What is the same for all
 * of them is on the span, what differs is on the link: the conventions' rule. Offset and
 * key are on the link even if the batch happens to hold one record, so that a query finds
 * them in one place.
 */
final class RecordLinks {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	RecordLinks(KafkaTracing kafka) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
	}

	/**
	 * The one topic of a batch, {@code null} if there are several.
	 */
	static @Nullable String singleTopic(ConsumerRecords<?, ?> records) {
		String topic = null;
		for (TopicPartition partition : records.partitions()) {
			if (topic != null && !topic.equals(partition.topic())) {
				return null;
			}
			topic = partition.topic();
		}
		return topic;
	}

	/**
	 * Link to each record that carries a context, and note how long each has waited.
	 * @param operation what the span is for, {@code null} if the waiting is measured
	 * elsewhere
	 * @param builder the span to be
	 * @param records the batch
	 */
	void add(@Nullable MessagingOperation operation, SpanBuilder builder, ConsumerRecords<?, ?> records) {
		Set<TopicPartition> partitions = records.partitions();
		boolean oneTopic = singleTopic(records) != null;
		boolean onePartition = partitions.size() == 1;
		if (onePartition) {
			builder.setAttribute(MessagingAttributes.PARTITION_ID,
					RecordAttributes.partition(partitions.iterator().next().partition()));
		}
		TimeInQueue.Source source = RecordAttributes.commonTimestampSource(records);
		if (source != null) {
			builder.setAttribute(MessagingAttributes.TIME_IN_QUEUE_SOURCE, source.value());
		}
		long now = System.currentTimeMillis();
		int links = 0;
		int unlinked = 0;
		for (TopicPartition partition : partitions) {
			if (!this.kafka.traces(partition.topic())) {
				continue;
			}
			for (ConsumerRecord<?, ?> record : records.records(partition)) {
				if (operation != null && RecordAttributes.hasTimestamp(record)) {
					this.tracing.recordTimeInQueue(operation, record.timestamp(), now,
							RecordAttributes.timestampSource(record));
				}
				SpanContext creation = CreationContext.of(this.kafka.contextOf(record));
				if (creation.isValid() && links == this.tracing.maxLinks()) {
					unlinked++;
				}
				else if (creation.isValid()) {
					links++;
					builder.addLink(creation, attributes(record, now, source == null, oneTopic, onePartition));
				}
			}
		}
		if (unlinked > 0) {
			builder.setAttribute(MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT, (long) unlinked);
		}
	}

	private Attributes attributes(ConsumerRecord<?, ?> record, long now, boolean withSource, boolean oneTopic,
			boolean onePartition) {
		if (oneTopic && onePartition && !withSource) {
			Attributes plain = this.kafka.recordAttributes()
				.plain(record, TimeInQueue.seconds(record.timestamp(), now));
			if (plain != null) {
				return plain;
			}
		}
		AttributesBuilder attributes = Attributes.builder();
		if (!oneTopic) {
			attributes.put(MessagingAttributes.DESTINATION_NAME, record.topic());
		}
		if (!onePartition) {
			attributes.put(MessagingAttributes.PARTITION_ID, RecordAttributes.partition(record.partition()));
		}
		this.kafka.recordAttributes().put(attributes, record);
		if (RecordAttributes.hasTimestamp(record)) {
			attributes.put(MessagingAttributes.TIME_IN_QUEUE, TimeInQueue.seconds(record.timestamp(), now));
			if (withSource) {
				attributes.put(MessagingAttributes.TIME_IN_QUEUE_SOURCE,
						RecordAttributes.timestampSource(record).value());
			}
		}
		return attributes.build();
	}

}
