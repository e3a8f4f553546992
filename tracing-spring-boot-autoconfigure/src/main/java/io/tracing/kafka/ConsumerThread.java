// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer thread is busy with between two polls: the span of the record at
 * hand. A record is recognized by its coordinates, never by identity: containers and
 * interceptors copy records.
 */
final class ConsumerThread {

	private static final ThreadLocal<@Nullable ConsumerThread> CURRENT = new ThreadLocal<>();

	private final TracingRecordInterceptor<?, ?> owner;

	private final Consumer<?, ?> consumer;

	private final KafkaOperations operations;

	private @Nullable String topicOfOperation;

	private @Nullable MessagingOperation operation;

	private @Nullable RunningSpan span;

	private @Nullable String topic;

	private int partition;

	private long offset;

	ConsumerThread(TracingRecordInterceptor<?, ?> owner, Consumer<?, ?> consumer, KafkaOperations operations) {
		this.owner = owner;
		this.consumer = consumer;
		this.operations = operations;
	}

	static @Nullable ConsumerThread current() {
		return CURRENT.get();
	}

	static void set(ConsumerThread thread) {
		CURRENT.set(thread);
	}

	static void remove() {
		CURRENT.remove();
	}

	boolean belongsTo(TracingRecordInterceptor<?, ?> interceptor) {
		return this.owner == interceptor;
	}

	boolean polls(Consumer<?, ?> consumer) {
		return this.consumer == consumer;
	}

	/**
	 * The operation for a topic, {@code null} if it is not traced. Kafka hands out one
	 * string for all records of a partition, and a poll goes partition by partition.
	 */
	@Nullable MessagingOperation operation(String topic) {
		if (this.topicOfOperation != topic) {
			this.operation = this.operations.on(topic);
			this.topicOfOperation = topic;
		}
		return this.operation;
	}

	boolean isBusyWith(ConsumerRecord<?, ?> record) {
		return this.span != null && this.offset == record.offset() && this.partition == record.partition()
				&& record.topic().equals(this.topic);
	}

	void begin(ConsumerRecord<?, ?> record, RunningSpan span) {
		this.topic = record.topic();
		this.partition = record.partition();
		this.offset = record.offset();
		this.span = span;
		span.makeCurrent();
	}

	void end(@Nullable Throwable error) {
		if (this.span != null) {
			this.span.end(error);
		}
	}

	/**
	 * Take the span off the thread. Ends it first if neither success nor failure was
	 * reported: after an {@code Error}, or where a container breaks off in the middle.
	 */
	void close() {
		RunningSpan open = this.span;
		if (open != null) {
			this.span = null;
			open.abandon("the container reported no outcome: the listener threw an Error, or it was stopped");
			open.close();
		}
	}

}
