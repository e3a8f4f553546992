// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.GuardedScope;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a span for each commit of one consumer: a child of what the thread does, which is
 * the processing of a record where each record is committed on its own.
 */
final class CommitSpans {

	private static final Logger LOGGER = LoggerFactory.getLogger(CommitSpans.class);

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final KafkaOperations operations;

	private final Set<RunningSpan> unanswered = ConcurrentHashMap.newKeySet();

	CommitSpans(KafkaTracing kafka, KafkaOperations operations) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.operations = operations;
	}

	/**
	 * Start the span of a commit.
	 * @param offsets what is committed, {@code null} if it is all that was polled
	 * @param assignment finds out what may have been polled
	 * @return the commit, which must be told how it came out
	 */
	Commit start(@Nullable Map<TopicPartition, OffsetAndMetadata> offsets, Supplier<Set<TopicPartition>> assignment) {
		RunningSpan span = null;
		Context committer = Context.root();
		try {
			committer = Context.current();
			Collection<TopicPartition> partitions = (offsets != null) ? offsets.keySet() : known(assignment);
			MessagingOperation operation = operation(partitions);
			if (operation != null) {
				SpanBuilder builder = operation.callSpan(committer);
				if (partitions.size() == 1) {
					addPartition(builder, partitions.iterator().next(), offsets);
				}
				span = this.tracing.start(operation, builder, committer);
				this.unanswered.add(span);
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a commit", ex);
		}
		return new Commit(span, committer);
	}

	private @Nullable MessagingOperation operation(Collection<TopicPartition> partitions) {
		String topic = null;
		for (TopicPartition partition : partitions) {
			if (topic != null && !topic.equals(partition.topic())) {
				boolean anyTraced = partitions.stream().anyMatch((each) -> this.kafka.traces(each.topic()));
				return anyTraced ? this.operations.onSeveral() : null;
			}
			topic = partition.topic();
		}
		return (topic != null) ? this.operations.on(topic) : this.operations.onSeveral();
	}

	private void addPartition(SpanBuilder builder, TopicPartition partition,
			@Nullable Map<TopicPartition, OffsetAndMetadata> offsets) {
		builder.setAttribute(MessagingAttributes.PARTITION_ID, RecordAttributes.partition(partition.partition()));
		OffsetAndMetadata next = (offsets != null) ? offsets.get(partition) : null;
		if (next != null && next.offset() > 0) {
			// Kafka commits the offset to go on from; the attribute is that of a record,
			// by which the commit is found beside the record's other spans.
			this.tracing.attributes().kafkaOffset().set(builder, next.offset() - 1);
		}
	}

	private static Set<TopicPartition> known(Supplier<Set<TopicPartition>> assignment) {
		try {
			return assignment.get();
		}
		catch (RuntimeException ex) {
			// The consumer is closed, or busy on another thread: the commit will say so.
			return Set.of();
		}
	}

	/**
	 * The consumer was closed: what the broker has not answered yet, it never will.
	 */
	void clientClosed() {
		for (RunningSpan span : this.unanswered) {
			span.abandon("the consumer was closed before the commit was answered");
		}
		this.unanswered.clear();
	}

	/**
	 * A commit on its way.
	 */
	final class Commit {

		private final @Nullable RunningSpan span;

		private final Context committer;

		private Commit(@Nullable RunningSpan span, Context committer) {
			this.span = span;
			this.committer = committer;
		}

		void completed(@Nullable Throwable error) {
			if (this.span != null) {
				this.span.end(error);
				CommitSpans.this.unanswered.remove(this.span);
			}
		}

		/**
		 * A callback for the consumer, that hears the outcome and passes it on.
		 */
		@Nullable OffsetCommitCallback callback(@Nullable OffsetCommitCallback callback) {
			return (this.span != null) ? (offsets, exception) -> completed(offsets, exception, callback) : callback;
		}

		private void completed(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable Exception exception,
				@Nullable OffsetCommitCallback callback) {
			completed(exception);
			if (callback == null) {
				if (exception != null) {
					// What the consumer would have done if it had got no callback.
					LOGGER.error("Offset commit with offsets {} failed", offsets, exception);
				}
				return;
			}
			GuardedScope scope = GuardedScope.open(this.committer, CommitSpans.this.tracing.faults());
			try {
				callback.onComplete(offsets, exception);
			}
			finally {
				scope.close();
			}
		}

	}

}
