// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span for each poll that brought records, once it is over: most polls bring
 * none, and an idle consumer is no news. The span is a child of what the thread does, and
 * never current: what comes after the poll is not part of it.
 */
final class ReceiveSpans {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final KafkaOperations operations;

	private final boolean delivers;

	/**
	 * Create an instance.
	 * @param kafka how to trace
	 * @param operations the operations of the client
	 * @param delivers whether the poll hands the records to the application, and is where
	 * they are counted: records that go to a listener are counted there
	 */
	ReceiveSpans(KafkaTracing kafka, KafkaOperations operations, boolean delivers) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.operations = operations;
		this.delivers = delivers;
	}

	/**
	 * A poll has returned.
	 * @param startNanos when it began, by {@link System#nanoTime()}
	 * @param records what it returned
	 */
	void received(long startNanos, @Nullable ConsumerRecords<?, ?> records) {
		try {
			if (records == null || records.isEmpty()) {
				return;
			}
			String topic = null;
			boolean several = false;
			int messages = 0;
			for (TopicPartition partition : records.partitions()) {
				if (this.kafka.traces(partition.topic())) {
					several |= topic != null && !topic.equals(partition.topic());
					topic = partition.topic();
					messages += records.records(partition).size();
				}
			}
			if (topic != null) {
				received(startNanos, several ? null : topic, messages, records);
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("making the span of a poll", ex);
		}
	}

	private void received(long startNanos, @Nullable String topic, int messages, ConsumerRecords<?, ?> records) {
		MessagingOperation operation = operation(topic);
		if (operation == null) {
			return;
		}
		SpanBuilder builder = this.tracing.batchSpan(operation, Context.current(), messages);
		this.kafka.recordLinks().add(this.delivers ? operation : null, builder, records);
		end(operation, builder, startNanos, this.delivers ? messages : 0, null);
	}

	/**
	 * A poll has thrown.
	 * @param startNanos when it began, by {@link System#nanoTime()}
	 * @param error what it threw
	 * @param topics finds out what it may have been for
	 */
	void failed(long startNanos, Throwable error, Supplier<Set<String>> topics) {
		if (error instanceof WakeupException) {
			// Somebody asked it to return: this is how consumers are stopped.
			return;
		}
		try {
			RecordDeserializationException poison = (error instanceof RecordDeserializationException ex) ? ex : null;
			Set<String> candidates = (poison != null) ? Set.of(poison.topicPartition().topic()) : known(topics);
			MessagingOperation operation = operation((candidates.size() == 1) ? candidates.iterator().next() : null);
			if (operation == null) {
				return;
			}
			SpanBuilder builder = this.tracing.batchSpan(operation, Context.current(), 0);
			if (poison != null) {
				addPoison(builder, poison);
			}
			end(operation, builder, startNanos, 0, error);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("making the span of a failed poll", ex);
		}
	}

	/**
	 * A record that can't be deserialized is not returned, but known.
	 */
	private void addPoison(SpanBuilder builder, RecordDeserializationException poison) {
		builder.setAttribute(MessagingAttributes.PARTITION_ID,
				RecordAttributes.partition(poison.topicPartition().partition()));
		this.tracing.attributes().kafkaOffset().set(builder, poison.offset());
		if (poison.headers() != null) {
			Context producer = this.tracing.extract(Context.root(), poison.headers().toArray(),
					HeaderArrayGetter.INSTANCE);
			SpanContext creation = Span.fromContext(producer).getSpanContext();
			if (creation.isValid()) {
				builder.addLink(creation);
			}
		}
	}

	/**
	 * The operation on a topic, or on several if {@code null}.
	 */
	private @Nullable MessagingOperation operation(@Nullable String topic) {
		return (topic != null) ? this.operations.on(topic) : this.operations.onSeveral();
	}

	private void end(MessagingOperation operation, SpanBuilder builder, long startNanos, int messages,
			@Nullable Throwable error) {
		builder.setStartTimestamp(Instant.now().minusNanos(System.nanoTime() - startNanos));
		RunningSpan span = this.tracing.start(operation, builder, Context.current(), messages);
		span.startedAt(startNanos);
		span.end(error);
	}

	private static Set<String> known(Supplier<Set<String>> topics) {
		try {
			return topics.get();
		}
		catch (RuntimeException ex) {
			// The consumer is closed, or busy on another thread: which is why it threw.
			return Set.of();
		}
	}

}
