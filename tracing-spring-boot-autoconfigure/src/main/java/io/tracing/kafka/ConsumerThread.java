// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
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

	private final @Nullable ListenerThread listener;

	private final @Nullable KafkaOperations operations;

	private @Nullable String topicOfOperation;

	private @Nullable MessagingOperation operation;

	private @Nullable RunningSpan span;

	private Context producer = Context.root();

	private @Nullable Runnable postponed;

	private boolean called;

	private @Nullable ListenerResult result;

	private @Nullable Throwable thrown;

	private @Nullable String topic;

	private int partition;

	private long offset;

	/**
	 * Create a new instance.
	 * @param owner the interceptor that made it
	 * @param consumer the consumer that polls on the thread
	 * @param listener what is known of the listener, if anything
	 * @param operations its operations, {@code null} if nothing it polls is traced
	 */
	ConsumerThread(TracingRecordInterceptor<?, ?> owner, Consumer<?, ?> consumer, @Nullable ListenerThread listener,
			@Nullable KafkaOperations operations) {
		this.owner = owner;
		this.consumer = consumer;
		this.listener = listener;
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
	 * Whether a record that is not due yet may come to the interceptor, and not to the
	 * listener.
	 */
	boolean backsOff() {
		return this.listener != null && this.listener.backsOff();
	}

	/**
	 * The operation for a topic, {@code null} if it is not traced. Kafka hands out one
	 * string for all records of a partition, and a poll goes partition by partition.
	 */
	@Nullable MessagingOperation operation(String topic) {
		if (this.topicOfOperation != topic) {
			this.operation = (this.operations != null) ? this.operations.on(topic) : null;
			this.topicOfOperation = topic;
		}
		return this.operation;
	}

	boolean isBusyWith(ConsumerRecord<?, ?> record) {
		return this.span != null && this.offset == record.offset() && this.partition == record.partition()
				&& record.topic().equals(this.topic);
	}

	void begin(ConsumerRecord<?, ?> record, Context producer, RunningSpan span) {
		this.producer = producer;
		this.topic = record.topic();
		this.partition = record.partition();
		this.offset = record.offset();
		this.span = span;
		span.makeCurrent();
	}

	/**
	 * Start the span only if the listener is called after all.
	 */
	void postpone(Runnable start) {
		this.postponed = start;
	}

	/**
	 * What the listener's adapter observes. It asks before it calls the method, and again
	 * if the method has returned a result.
	 */
	@Nullable Observation observation() {
		Runnable start = this.postponed;
		if (start != null) {
			this.postponed = null;
			start.run();
		}
		ListenerThread listener = this.listener;
		if (this.span == null || listener == null) {
			return null;
		}
		if (!this.called) {
			this.called = true;
			return ListenerCall.INSTANCE;
		}
		if (this.result == null) {
			this.result = new ListenerResult(this.span, CreationContext.of(this.producer), listener,
					this.owner.faults());
		}
		return this.result;
	}

	void thrown(Throwable error) {
		this.thrown = error;
	}

	void end(@Nullable Throwable error) {
		if (this.result != null && error == null) {
			this.result.leave();
		}
		else if (this.span != null) {
			this.span.end(error);
		}
	}

	/**
	 * Take the span off the thread. Ends it first if neither success nor failure was
	 * reported: after an {@code Error}, or where a container breaks off in the middle.
	 * Leaves it running if the listener's result is still to come.
	 */
	void close() {
		this.postponed = null;
		RunningSpan open = this.span;
		if (open != null) {
			close(open);
		}
	}

	private void close(RunningSpan open) {
		if (this.thrown != null) {
			open.end(this.thrown);
		}
		else if (this.result == null || !this.result.isLeft()) {
			open.abandon("the container reported no outcome: the listener threw an Error, or it was stopped");
		}
		open.close();
		this.span = null;
		this.called = false;
		this.result = null;
		this.thrown = null;
	}

}
