// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A span on its way: current on a thread while that is wanted, ended exactly once,
 * whoever asks and how often. None of the methods throws.
 */
public final class RunningSpan {

	private static final VarHandle ENDED;

	static {
		try {
			ENDED = MethodHandles.lookup().findVarHandle(RunningSpan.class, "ended", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	// The conventions' word for an error that has no better name.
	private static final String OTHER_ERROR = "_OTHER";

	private static final double NANOS_PER_SECOND = 1_000_000_000.0;

	private final Span span;

	private final Context context;

	private final OperationMetrics metrics;

	private final Faults faults;

	private final int messages;

	private long startNanos;

	// Through ENDED only: a send's outcome can come from the sender and from the I/O
	// thread.
	private volatile boolean ended;

	private @Nullable Consumer<RunningSpan> decision;

	private @Nullable Instant succeededAt;

	private @Nullable Context before;

	private @Nullable Scope scope;

	RunningSpan(Span span, Context context, OperationMetrics metrics, int messages, Faults faults) {
		this.span = span;
		this.context = context;
		this.metrics = metrics;
		this.messages = messages;
		this.faults = faults;
		this.startNanos = (metrics != OperationMetrics.NONE) ? System.nanoTime() : 0;
	}

	/**
	 * Tell that the operation began before its span was made, because it was not known
	 * whether it would be worth one.
	 * @param nanos when it began, by {@link System#nanoTime()}
	 */
	public void startedAt(long nanos) {
		this.startNanos = nanos;
	}

	/**
	 * The span.
	 * @return the span
	 */
	public Span span() {
		return this.span;
	}

	/**
	 * The context with the span in it.
	 * @return the context
	 */
	public Context context() {
		return this.context;
	}

	/**
	 * Whether the outcome of the operation is known.
	 * @return whether {@link #end(Throwable)} or {@link #abandon(String)} was called
	 */
	public boolean hasEnded() {
		return this.ended;
	}

	/**
	 * Make the span current on this thread, until {@link #close()}.
	 */
	public void makeCurrent() {
		this.before = GuardedScope.current(this.faults);
		this.scope = GuardedScope.attach(this.context, this.before, this.faults);
	}

	/**
	 * Give the thread back the context it had before {@link #makeCurrent()}. Does nothing
	 * if the span is not current.
	 */
	public void close() {
		Context before = this.before;
		if (before != null) {
			Scope open = this.scope;
			this.before = null;
			this.scope = null;
			GuardedScope.restore(before, open, this.faults);
		}
	}

	/**
	 * Leave the end of the span to somebody else if the operation succeeds, because only
	 * later it is known whether that lasts: a transaction can be aborted. A failure still
	 * ends it at once. Call it before the operation starts.
	 * @param decision takes the span, and calls {@link #decide(Throwable)} sooner or
	 * later
	 */
	public void deferTo(Consumer<RunningSpan> decision) {
		this.decision = decision;
	}

	/**
	 * End a span that was left to somebody else, with the time at which its operation
	 * succeeded. To be called once.
	 * @param error what made the success void, or {@code null} if it lasts
	 */
	public void decide(@Nullable Throwable error) {
		if (error != null) {
			recordError(ErrorType.unwrap(error));
		}
		endSpan();
	}

	/**
	 * End the span, unless it has ended.
	 * @param error what the operation failed with, or {@code null} if it succeeded
	 */
	public void end(@Nullable Throwable error) {
		// The read first: who asks again should not pay for a failed exchange.
		if (!this.ended && ENDED.compareAndSet(this, false, true)) {
			finish((error != null) ? recordError(ErrorType.unwrap(error)) : null);
		}
	}

	/**
	 * End the span as failed, unless it has ended, where nobody said how the operation
	 * came out.
	 * @param reason why that is not known
	 */
	public void abandon(String reason) {
		fail(OTHER_ERROR, reason);
	}

	/**
	 * End the span as failed, unless it has ended, where the operation failed without an
	 * exception.
	 * @param errorType the {@code error.type}, of low cardinality
	 * @param description what went wrong
	 */
	public void fail(String errorType, String description) {
		if (!this.ended && ENDED.compareAndSet(this, false, true)) {
			try {
				this.span.setAttribute(MessagingAttributes.ERROR_TYPE, errorType);
				this.span.setStatus(StatusCode.ERROR, description);
			}
			catch (Throwable ex) {
				this.faults.report("marking a span as failed", ex);
			}
			finish(errorType);
		}
	}

	private void finish(@Nullable String errorType) {
		if (errorType == null && this.decision != null) {
			defer(this.decision);
		}
		else {
			endSpan();
		}
		// On its own: a span processor that throws costs the span, not the measurement.
		try {
			if (this.metrics != OperationMetrics.NONE) {
				this.metrics.completed((System.nanoTime() - this.startNanos) / NANOS_PER_SECOND, this.messages,
						errorType);
			}
		}
		catch (Throwable ex) {
			this.faults.report("recording the metrics of a span", ex);
		}
	}

	private void defer(Consumer<RunningSpan> decision) {
		try {
			this.succeededAt = Instant.now();
			decision.accept(this);
		}
		catch (Throwable ex) {
			this.faults.report("deferring the end of a span", ex);
			endSpan();
		}
	}

	private void endSpan() {
		try {
			Instant end = this.succeededAt;
			if (end != null) {
				this.span.end(end);
			}
			else {
				this.span.end();
			}
		}
		catch (Throwable ex) {
			this.faults.report("ending a span", ex);
		}
	}

	private String recordError(Throwable error) {
		String errorType = error.getClass().getName();
		try {
			this.span.setAttribute(MessagingAttributes.ERROR_TYPE, errorType);
			this.span.setStatus(StatusCode.ERROR);
			this.span.recordException(error);
			// Last, because the exception is the user's: its getMessage() can throw.
			String message = error.getMessage();
			if (message != null) {
				this.span.setStatus(StatusCode.ERROR, message);
			}
		}
		catch (Throwable ex) {
			this.faults.report("recording an exception", ex);
		}
		return errorType;
	}

}
