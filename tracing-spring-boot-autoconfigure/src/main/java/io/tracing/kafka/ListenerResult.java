// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.SpanContext;
import io.tracing.messaging.Faults;
import io.tracing.messaging.GuardedScope;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * The result of a listener method, a future or not. The adapter alone knows when it is
 * there: it then opens a scope, reports the error if there is one, sends the reply, and
 * stops the observation, all on the thread that completed the future. The container has
 * called {@code success()} long before.
 * <p>
 * Whoever comes last ends the span: the container, if the result was there when the
 * method returned; the adapter otherwise. Each writes its volatile field and then reads
 * the other's, so that one of them sees that it is the last.
 */
final class ListenerResult extends AdapterObservation implements AwaitedResult {

	private final RunningSpan span;

	private final SpanContext producer;

	private final ListenerThread listener;

	private final Faults faults;

	private volatile @Nullable Throwable failure;

	private volatile boolean opened;

	private volatile boolean completed;

	private volatile boolean left;

	ListenerResult(RunningSpan span, SpanContext producer, ListenerThread listener, Faults faults) {
		this.span = span;
		this.producer = producer;
		this.listener = listener;
		this.faults = faults;
	}

	/**
	 * The container reports that the listener returned. Ends the span, unless the result
	 * is still to come.
	 */
	void leave() {
		if (!this.completed) {
			this.listener.awaits(this);
			this.left = true;
		}
		if (this.completed) {
			end();
		}
	}

	boolean isLeft() {
		return this.left;
	}

	@Override
	public void abandon(String reason) {
		this.span.abandon(reason);
	}

	@Override
	public Scope openScope() {
		this.opened = true;
		return new ResultScope(this, GuardedScope.open(this.span.context(), this.faults));
	}

	@Override
	public Observation error(Throwable error) {
		this.failure = error;
		this.listener.failed(this.producer, this.span.context());
		return this;
	}

	@Override
	public void stop() {
		// Without a scope it is the call that has ended, not the result that is there.
		if (this.opened) {
			this.completed = true;
			if (this.left) {
				end();
			}
		}
	}

	private void end() {
		this.listener.awaitsNoMore(this);
		this.span.end(this.failure);
	}

}
