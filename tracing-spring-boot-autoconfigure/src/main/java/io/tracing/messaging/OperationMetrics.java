// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import org.jspecify.annotations.Nullable;

/**
 * The instruments of one operation on one destination. Called for every message, so
 * whatever can be prepared is prepared before.
 */
public interface OperationMetrics {

	/** Measures nothing. */
	OperationMetrics NONE = new OperationMetrics() {

		@Override
		public void completed(double seconds, int messages, @Nullable String errorType) {
		}

		@Override
		public void timeInQueue(TimeInQueue timeInQueue) {
		}

	};

	/**
	 * An operation came to its end.
	 * @param seconds how long it took, in seconds
	 * @param messages how many messages it was for: one, unless it was for a batch
	 * @param errorType the {@code error.type} of the span, or {@code null} for success
	 */
	void completed(double seconds, int messages, @Nullable String errorType);

	/**
	 * A message was delivered.
	 * @param timeInQueue how long it had waited
	 */
	void timeInQueue(TimeInQueue timeInQueue);

}
