// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.opentelemetry.context.Context;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingClient.ServerAddress;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Makes a process span for each attempt to process a record, in front of the interceptor
 * that the user may have.
 * <p>
 * Spring Kafka 4.1 calls back in this order, on the consumer's thread: {@code intercept},
 * the listener, {@code success} or {@code failure}, the error handler, and
 * {@code afterRecord}. The span ends with the outcome, but stays current until
 * {@code afterRecord}, so that what the error handler sends, such as a dead letter,
 * belongs to the attempt that failed. Three cases differ:
 * <ul>
 * <li>a record that can't be deserialized comes to {@code failure} without
 * {@code intercept};
 * <li>in a transaction {@code intercept} can come before, and {@code afterRecord} after
 * it, and if {@code intercept} throws nothing else is called;
 * <li>if the listener throws an {@code Error}, or a container is fenced, nothing is
 * called but {@code clearThreadState}, once the loop is left.
 * </ul>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public class TracingRecordInterceptor<K, V> implements RecordInterceptor<K, V> {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final ProcessSpans spans;

	private final @Nullable RecordInterceptor<K, V> delegate;

	private final ListenerOperations operations;

	/**
	 * Create an interceptor that traces and does nothing else.
	 * @param kafka how to trace
	 */
	public TracingRecordInterceptor(KafkaTracing kafka) {
		this(kafka, null, null);
	}

	private TracingRecordInterceptor(KafkaTracing kafka, @Nullable RecordInterceptor<K, V> delegate,
			@Nullable ServerAddress server) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.spans = new ProcessSpans(kafka);
		this.delegate = delegate;
		this.operations = new ListenerOperations(kafka, server);
	}

	/**
	 * Make one like this that goes in front of another interceptor: called before it on
	 * the way in, after it on the way out.
	 * @param next the other interceptor, if there is one
	 * @param server the broker that its container consumes from, if known
	 * @return an interceptor for that container
	 */
	public TracingRecordInterceptor<K, V> inFrontOf(@Nullable RecordInterceptor<K, V> next,
			@Nullable ServerAddress server) {
		return new TracingRecordInterceptor<>(this.kafka, next, server);
	}

	@Override
	public @Nullable ConsumerRecord<K, V> intercept(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		begin(record, consumer, true);
		if (this.delegate == null) {
			return record;
		}
		try {
			return this.delegate.intercept(record, consumer);
		}
		catch (Throwable ex) {
			end(ex);
			throw ex;
		}
	}

	@Override
	public void success(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		try {
			if (this.delegate != null) {
				this.delegate.success(record, consumer);
			}
		}
		finally {
			end(null);
		}
	}

	@Override
	public void failure(ConsumerRecord<K, V> record, Exception exception, Consumer<K, V> consumer) {
		ConsumerThread thread = ConsumerThread.current();
		boolean backOff = KafkaErrors.isBackOff(exception);
		if (!backOff && (thread == null || !thread.isBusyWith(record))) {
			begin(record, consumer, false);
		}
		try {
			if (this.delegate != null) {
				this.delegate.failure(record, exception, consumer);
			}
		}
		finally {
			end(backOff ? null : KafkaErrors.unwrap(exception));
		}
	}

	@Override
	public void afterRecord(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		try {
			if (this.delegate != null) {
				this.delegate.afterRecord(record, consumer);
			}
		}
		finally {
			ConsumerThread thread = ConsumerThread.current();
			if (thread != null && thread.belongsTo(this)) {
				thread.close();
			}
		}
	}

	@Override
	public void setupThreadState(Consumer<?, ?> consumer) {
		if (this.delegate != null) {
			this.delegate.setupThreadState(consumer);
		}
	}

	@Override
	public void clearThreadState(Consumer<?, ?> consumer) {
		try {
			if (this.delegate != null) {
				this.delegate.clearThreadState(consumer);
			}
		}
		finally {
			ConsumerThread thread = ConsumerThread.current();
			if (thread != null && thread.belongsTo(this)) {
				thread.close();
				ConsumerThread.remove();
			}
		}
	}

	@Nullable ServerAddress server() {
		return this.operations.server();
	}

	Faults faults() {
		return this.tracing.faults();
	}

	private void begin(ConsumerRecord<K, V> record, Consumer<K, V> consumer, boolean mayBeEarly) {
		try {
			ConsumerThread thread = ConsumerThread.current();
			if (thread != null && !thread.belongsTo(this) && thread.isBusyWith(record)) {
				// Registered twice: the one outside has made the span.
				return;
			}
			if (thread != null) {
				thread.close();
			}
			if (thread == null || !thread.belongsTo(this) || !thread.polls(consumer)) {
				ListenerThread listener = ListenerThread.current();
				thread = new ConsumerThread(this, consumer, listener,
						ListenerThread.isListenerTraced() ? this.operations.of(consumer) : null);
				ConsumerThread.set(thread);
			}
			MessagingOperation operation = thread.operation(record.topic());
			if (operation != null) {
				Header[] headers = this.kafka.headersOf(record);
				if (mayBeEarly && thread.backsOff() && RetryHeaders.isEarly(headers)) {
					ConsumerThread current = thread;
					thread.postpone(() -> startAfterAll(record, headers, current, operation));
				}
				else {
					start(record, headers, thread, operation);
				}
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a record", ex);
		}
	}

	/**
	 * A record of a retry topic is due later, and the listener is not to be called: that
	 * is no attempt. But if time has run on since, it is called.
	 */
	private void startAfterAll(ConsumerRecord<K, V> record, Header[] headers, ConsumerThread thread,
			MessagingOperation operation) {
		try {
			start(record, headers, thread, operation);
		}
		catch (Throwable ex) {
			faults().report("starting the span of a record", ex);
		}
	}

	private void start(ConsumerRecord<K, V> record, Header[] headers, ConsumerThread thread,
			MessagingOperation operation) {
		Context producer = this.kafka.contextOf(record.topic(), headers);
		thread.begin(record, producer, this.spans.start(operation, record, headers, producer));
	}

	private void end(@Nullable Throwable error) {
		ConsumerThread thread = ConsumerThread.current();
		if (thread != null && thread.belongsTo(this)) {
			thread.end(error);
		}
	}

}
