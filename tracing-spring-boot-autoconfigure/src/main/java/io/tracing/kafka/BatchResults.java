// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.observation.Observation;
import io.tracing.messaging.Faults;
import io.tracing.messaging.GuardedScope;
import org.jspecify.annotations.Nullable;

/**
 * The results of a batch listener's method in one attempt, futures or not: one, or as
 * many as there are records if a {@code BatchToRecordAdapter} calls the method for each.
 * {@link ListenerResult} is the same for single records, and explains what the adapter
 * tells of a result.
 * <p>
 * Whoever comes last ends the attempt: the container, or the adapter with the last
 * result.
 */
final class BatchResults implements AwaitedResult {

	private final BatchAttempt attempt;

	private final ListenerThread listener;

	private final Faults faults;

	private final Call call = new Call();

	// The container's own report is one of them.
	private final AtomicInteger outstanding = new AtomicInteger(1);

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private boolean called;

	private volatile boolean left;

	BatchResults(BatchAttempt attempt, ListenerThread listener, Faults faults) {
		this.attempt = attempt;
		this.listener = listener;
		this.faults = faults;
	}

	/**
	 * What the listener's adapter observes. It asks before it calls the method, and again
	 * if the method has returned a result.
	 */
	Observation observation() {
		this.called = !this.called;
		if (this.called) {
			return this.call;
		}
		this.outstanding.incrementAndGet();
		return new Result();
	}

	/**
	 * The container reports that the listener returned. Ends the attempt, unless a result
	 * is still to come.
	 */
	void leave() {
		this.listener.awaits(this);
		this.left = true;
		arrive();
	}

	boolean isLeft() {
		return this.left;
	}

	@Override
	public void abandon(String reason) {
		this.attempt.abandon(reason);
	}

	private void arrive() {
		if (this.outstanding.decrementAndGet() == 0) {
			this.listener.awaitsNoMore(this);
			this.attempt.complete(this.failure.get());
		}
	}

	/**
	 * The call of the method, on the consumer's thread.
	 */
	private final class Call extends AdapterObservation {

		@Override
		public Observation error(Throwable error) {
			BatchResults.this.attempt.thrown(error);
			return this;
		}

		@Override
		public void stop() {
			// There is no result.
			BatchResults.this.called = false;
		}

	}

	/**
	 * A result, on the thread that completed the future.
	 */
	private final class Result extends AdapterObservation {

		@Override
		public Scope openScope() {
			BatchResults results = BatchResults.this;
			return new ResultScope(this, GuardedScope.open(results.attempt.context(), results.faults));
		}

		@Override
		public Observation error(Throwable error) {
			BatchResults.this.failure.compareAndSet(null, error);
			return this;
		}

		@Override
		public void stop() {
			arrive();
		}

	}

}
