// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Starts the span of a batch, and those of its records where they are wanted.
 */
final class BatchSpans {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final ProcessSpans processSpans;

	BatchSpans(KafkaTracing kafka) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.processSpans = new ProcessSpans(kafka);
	}

	/**
	 * Start the spans and make that of the batch current.
	 * @param operations the operations of the consumer
	 * @param records the batch as it came from Kafka
	 * @return the attempt, {@code null} if none of the records is traced
	 */
	@Nullable BatchAttempt start(KafkaOperations operations, ConsumerRecords<?, ?> records) {
		ConsumerRecords<?, ?> traced = traced(records);
		if (traced.isEmpty()) {
			return null;
		}
		String topic = RecordLinks.singleTopic(traced);
		MessagingOperation operation = (topic != null) ? operations.on(topic) : operations.onSeveral();
		if (operation == null) {
			return null;
		}
		SpanBuilder builder = this.tracing.batchSpan(operation, Context.root(), traced.count());
		this.kafka.recordLinks().add(operation, builder, traced);
		RecordSpans recordSpans = new RecordSpans();
		BatchContext batch = new BatchContext(recordSpans, strangers(traced));
		RunningSpan span = this.tracing.start(operation, builder, batch.putInto(Context.root()), traced.count());
		batch.started(span);
		span.makeCurrent();
		if (this.kafka.recordSpansInBatch()) {
			start(recordSpans, operations, traced);
		}
		return new BatchAttempt(records, span, recordSpans);
	}

	private void start(RecordSpans spans, KafkaOperations operations, ConsumerRecords<?, ?> records) {
		try {
			for (ConsumerRecord<?, ?> record : records) {
				MessagingOperation operation = operations.on(record.topic());
				if (operation != null) {
					Context producer = this.kafka.contextOf(record);
					// It links to the span of the batch, which is current. That one is
					// measured: to count a record here would be to count it twice.
					spans.add(record, CreationContext.of(producer),
							this.processSpans.start(operation.unmeasured(), record, producer));
				}
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the spans of a batch's records", ex);
		}
	}

	/**
	 * The spans that records of untrusted topics say they were sent by.
	 */
	private Set<String> strangers(ConsumerRecords<?, ?> records) {
		Set<String> strangers = Set.of();
		for (TopicPartition partition : records.partitions()) {
			if (this.kafka.isUntrusted(partition.topic())) {
				strangers = strangers.isEmpty() ? new HashSet<>() : strangers;
				for (ConsumerRecord<?, ?> record : records.records(partition)) {
					strangers.add(CreationContext.of(this.kafka.contextOf(record)).getSpanId());
				}
			}
		}
		return strangers;
	}

	private ConsumerRecords<?, ?> traced(ConsumerRecords<?, ?> records) {
		boolean all = true;
		for (TopicPartition partition : records.partitions()) {
			all = all && isTraced(records, partition);
		}
		return all ? records : tracedPartitions(records);
	}

	private <K, V> ConsumerRecords<K, V> tracedPartitions(ConsumerRecords<K, V> records) {
		Map<TopicPartition, List<ConsumerRecord<K, V>>> traced = new HashMap<>();
		for (TopicPartition partition : records.partitions()) {
			if (isTraced(records, partition)) {
				traced.put(partition, records.records(partition));
			}
		}
		return new ConsumerRecords<>(traced, Map.of());
	}

	private boolean isTraced(ConsumerRecords<?, ?> records, TopicPartition partition) {
		return this.kafka.traces(partition.topic()) && !records.records(partition).isEmpty();
	}

}
