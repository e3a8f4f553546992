// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingClient.ServerAddress;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchInterceptor;

/**
 * Makes a process span for each attempt to process a batch, in front of the interceptor
 * that the user may have. The span has no parent, because the records come from many
 * traces, and links to the span that sent each of them.
 * <p>
 * Spring Kafka 4.1 calls back in this order, on the consumer's thread: {@code intercept},
 * the listener, {@code success} or {@code failure}, the error handler. The span ends with
 * the outcome, but stays current until the next {@code intercept} or
 * {@code clearThreadState}, so that what the error handler sends belongs to the attempt
 * that failed. What is special:
 * <ul>
 * <li>an error handler that retries in place calls {@code intercept} again, while it
 * handles the failure before;
 * <li>in a transaction {@code intercept} comes once, before it, and only the outcomes of
 * such retries are reported;
 * <li>if an interceptor returns {@code null} nothing else is called, or {@code success}
 * is, in a transaction; if it returns an empty batch nothing is called there;
 * <li>if the listener throws an {@code Error}, nothing is called but
 * {@code clearThreadState}, once the loop is left.
 * </ul>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public class TracingBatchInterceptor<K, V> implements BatchInterceptor<K, V> {

	private final KafkaTracing kafka;

	private final BatchSpans spans;

	private final @Nullable BatchInterceptor<K, V> delegate;

	private final ListenerOperations operations;

	/**
	 * Create an interceptor that traces and does nothing else.
	 * @param kafka how to trace
	 */
	public TracingBatchInterceptor(KafkaTracing kafka) {
		this(kafka, null, null);
	}

	private TracingBatchInterceptor(KafkaTracing kafka, @Nullable BatchInterceptor<K, V> delegate,
			@Nullable ServerAddress server) {
		this.kafka = kafka;
		this.spans = new BatchSpans(kafka);
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
	public TracingBatchInterceptor<K, V> inFrontOf(@Nullable BatchInterceptor<K, V> next,
			@Nullable ServerAddress server) {
		return new TracingBatchInterceptor<>(this.kafka, next, server);
	}

	@Override
	public @Nullable ConsumerRecords<K, V> intercept(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
		if (ListenerThread.tracesBatches()) {
			begin(records, consumer);
		}
		if (this.delegate == null) {
			return records;
		}
		ConsumerRecords<K, V> intercepted;
		try {
			intercepted = this.delegate.intercept(records, consumer);
		}
		catch (Throwable ex) {
			end(records, ex);
			throw ex;
		}
		if (intercepted == null || intercepted.isEmpty()) {
			skip();
		}
		return intercepted;
	}

	@Override
	public void success(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
		beginAgainIfRetried(consumer);
		try {
			if (this.delegate != null) {
				this.delegate.success(records, consumer);
			}
		}
		finally {
			end(records, null);
		}
	}

	@Override
	public void failure(ConsumerRecords<K, V> records, Exception exception, Consumer<K, V> consumer) {
		beginAgainIfRetried(consumer);
		try {
			if (this.delegate != null) {
				this.delegate.failure(records, exception, consumer);
			}
		}
		finally {
			end(records, exception);
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
			BatchThread thread = BatchThread.of(this);
			if (thread != null) {
				BatchThread.remove();
				close(thread);
			}
		}
	}

	Faults faults() {
		return this.kafka.messaging().faults();
	}

	private void begin(ConsumerRecords<?, ?> records, Consumer<?, ?> consumer) {
		try {
			BatchThread thread = BatchThread.current();
			if (thread != null && thread != BatchThread.of(this) && thread.isBusy() && thread.polls(consumer)) {
				// Registered twice: the one outside has made the span.
				return;
			}
			if (thread != null) {
				thread.close();
			}
			if (thread == null || thread != BatchThread.of(this) || !thread.polls(consumer)) {
				thread = new BatchThread(this, consumer, this.operations.of(consumer));
				BatchThread.set(thread);
			}
			thread.begin(this.spans.start(thread.operations(), records));
		}
		catch (Throwable ex) {
			faults().report("starting the span of a batch", ex);
		}
	}

	/**
	 * In a transaction nobody says that a retry begins, only how it came out. Its span is
	 * as late as that, but it is there, and what the error handler then sends belongs to
	 * it.
	 */
	private void beginAgainIfRetried(Consumer<?, ?> consumer) {
		BatchThread thread = BatchThread.of(this);
		BatchAttempt attempt = (thread != null) ? thread.attempt() : null;
		if (attempt != null && attempt.hasFailed()) {
			begin(attempt.records(), consumer);
		}
	}

	private void skip() {
		BatchThread thread = BatchThread.of(this);
		BatchAttempt attempt = (thread != null) ? thread.attempt() : null;
		if (attempt != null) {
			attempt.skip();
		}
	}

	private void end(ConsumerRecords<?, ?> records, @Nullable Throwable error) {
		try {
			BatchThread thread = BatchThread.of(this);
			BatchAttempt attempt = (thread != null) ? thread.attempt() : null;
			if (attempt != null) {
				attempt.end(records, error);
			}
		}
		catch (Throwable ex) {
			faults().report("ending the span of a batch", ex);
		}
	}

	private void close(BatchThread thread) {
		try {
			thread.close();
		}
		catch (Throwable ex) {
			faults().report("taking the span of a batch off its thread", ex);
		}
	}

}
