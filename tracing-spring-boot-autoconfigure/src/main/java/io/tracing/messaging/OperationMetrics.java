// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import org.jspecify.annotations.Nullable;

/**
 * The instruments of one operation on one destination. Called once for every message, so
 * whatever can be prepared is prepared before.
 */
public interface OperationMetrics {

	/** Measures nothing. */
	OperationMetrics NONE = new OperationMetrics() {

		@Override
		public void completed(double seconds, @Nullable String errorType) {
		}

		@Override
		public void timeInQueue(TimeInQueue timeInQueue) {
		}

	};

	/**
	 * An operation on one message came to its end.
	 * @param seconds how long it took, in seconds
	 * @param errorType the {@code error.type} of the span, or {@code null} for success
	 */
	void completed(double seconds, @Nullable String errorType);

	/**
	 * A message was delivered.
	 * @param timeInQueue how long it had waited
	 */
	void timeInQueue(TimeInQueue timeInQueue);

}
