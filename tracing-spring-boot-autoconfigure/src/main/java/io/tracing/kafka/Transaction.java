// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.ArrayList;
import java.util.List;

import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the send spans of one transaction until its outcome is known: the broker
 * acknowledges a record long before that, and of an aborted transaction no consumer that
 * reads what is committed will ever see it. A span keeps the time at which its record was
 * acknowledged.
 */
final class Transaction {

	// Bounds the memory of a transaction: the spans of further records end at once.
	static final int MAX_HELD = 1000;

	private final List<RunningSpan> held = new ArrayList<>();

	private boolean over;

	private @Nullable Throwable failure;

	/**
	 * Called when a record was acknowledged, mostly on the producer's I/O thread. That
	 * can be after the end: who is fenced does not wait for what is in flight.
	 */
	void acknowledged(RunningSpan span) {
		Throwable failure;
		synchronized (this) {
			if (!this.over && this.held.size() < MAX_HELD && span.span().isRecording()) {
				this.held.add(span);
				return;
			}
			failure = this.failure;
		}
		span.decide(failure);
	}

	/**
	 * End all spans.
	 * @param failure why nothing of the transaction will be seen, {@code null} if it was
	 * committed
	 */
	void end(@Nullable Throwable failure) {
		List<RunningSpan> spans;
		synchronized (this) {
			this.over = true;
			this.failure = failure;
			spans = List.copyOf(this.held);
			this.held.clear();
		}
		// Not under the lock: a span processor may export.
		spans.forEach((span) -> span.decide(failure));
	}

}
