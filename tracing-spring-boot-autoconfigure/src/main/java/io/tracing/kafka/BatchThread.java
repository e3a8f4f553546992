// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer thread is busy with between two polls, if its listener takes batches:
 * the attempt at hand. {@link ConsumerThread} is the same for single records.
 */
final class BatchThread {

	private static final ThreadLocal<@Nullable BatchThread> CURRENT = new ThreadLocal<>();

	private final TracingBatchInterceptor<?, ?> owner;

	private final Consumer<?, ?> consumer;

	private final KafkaOperations operations;

	private @Nullable BatchAttempt attempt;

	BatchThread(TracingBatchInterceptor<?, ?> owner, Consumer<?, ?> consumer, KafkaOperations operations) {
		this.owner = owner;
		this.consumer = consumer;
		this.operations = operations;
	}

	static @Nullable BatchThread current() {
		return CURRENT.get();
	}

	/**
	 * The current one, if it is the interceptor's own.
	 */
	static @Nullable BatchThread of(TracingBatchInterceptor<?, ?> owner) {
		BatchThread thread = CURRENT.get();
		return (thread != null && thread.owner == owner) ? thread : null;
	}

	static void set(BatchThread thread) {
		CURRENT.set(thread);
	}

	static void remove() {
		CURRENT.remove();
	}

	boolean polls(Consumer<?, ?> consumer) {
		return this.consumer == consumer;
	}

	KafkaOperations operations() {
		return this.operations;
	}

	@Nullable BatchAttempt attempt() {
		return this.attempt;
	}

	boolean isBusy() {
		return this.attempt != null;
	}

	/**
	 * Begin an attempt, {@code null} if it is at records that are not traced.
	 */
	void begin(@Nullable BatchAttempt attempt) {
		this.attempt = attempt;
	}

	/**
	 * What the listener's adapter observes.
	 */
	@Nullable Observation observation() {
		ListenerThread listener = ListenerThread.current();
		return (this.attempt != null && listener != null) ? this.attempt.observation(listener, this.owner.faults())
				: null;
	}

	void close() {
		BatchAttempt open = this.attempt;
		if (open != null) {
			this.attempt = null;
			open.close();
		}
	}

}
