// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/**
 * Runs code inside a span of its own: the span is current while the code runs, ends
 * exactly once, and an exception is recorded on it, sets its status to error, and goes on
 * to the caller as it is.
 *
 * <pre class="code">
 * Price price = spans.call("price order", (span) -&gt; {
 *     span.setAttribute("order.id", order.id());
 *     return pricing.price(order);
 * });
 * </pre>
 */
public final class SpanTemplate {

	private final Tracer tracer;

	private final Faults faults;

	/**
	 * Create a new instance.
	 * @param tracer starts the spans
	 * @param faults where faults of tracing go
	 */
	public SpanTemplate(Tracer tracer, Faults faults) {
		this.tracer = tracer;
		this.faults = faults;
	}

	/**
	 * Run code in a span.
	 * @param name the name of the span, of low cardinality
	 * @param code the code, which is given the span
	 * @param <X> what the code may throw
	 * @throws X what the code threw
	 */
	public <X extends Throwable> void run(String name, SpanRunnable<X> code) throws X {
		run(name, SpanKind.INTERNAL, Attributes.empty(), code);
	}

	/**
	 * Run code in a span of a given kind, with attributes that a sampler sees.
	 * @param name the name of the span, of low cardinality
	 * @param kind the kind of the span
	 * @param attributes the attributes to start with
	 * @param code the code, which is given the span
	 * @param <X> what the code may throw
	 * @throws X what the code threw
	 */
	public <X extends Throwable> void run(String name, SpanKind kind, Attributes attributes, SpanRunnable<X> code)
			throws X {
		this.<Boolean, X>call(name, kind, attributes, (span) -> {
			code.run(span);
			return true;
		});
	}

	/**
	 * Run code in a span, for its result.
	 * @param name the name of the span, of low cardinality
	 * @param code the code, which is given the span
	 * @param <T> the type of the result
	 * @param <X> what the code may throw
	 * @return what the code returned
	 * @throws X what the code threw
	 */
	public <T, X extends Throwable> T call(String name, SpanCallable<T, X> code) throws X {
		return call(name, SpanKind.INTERNAL, Attributes.empty(), code);
	}

	/**
	 * Run code in a span of a given kind, for its result, with attributes that a sampler
	 * sees.
	 * @param name the name of the span, of low cardinality
	 * @param kind the kind of the span
	 * @param attributes the attributes to start with
	 * @param code the code, which is given the span
	 * @param <T> the type of the result
	 * @param <X> what the code may throw
	 * @return what the code returned
	 * @throws X what the code threw
	 */
	public <T, X extends Throwable> T call(String name, SpanKind kind, Attributes attributes, SpanCallable<T, X> code)
			throws X {
		RunningSpan running = start(name, kind, attributes);
		Throwable error = null;
		running.makeCurrent();
		try {
			return code.call(running.span());
		}
		catch (Throwable ex) {
			error = ex;
			throw ex;
		}
		finally {
			running.end(error);
			running.close();
		}
	}

	private RunningSpan start(String name, SpanKind kind, Attributes attributes) {
		Span span = Span.getInvalid();
		Context current = Context.current();
		try {
			span = this.tracer.spanBuilder(name)
				.setParent(current)
				.setSpanKind(kind)
				.setAllAttributes(attributes)
				.startSpan();
		}
		catch (Throwable ex) {
			this.faults.report("starting a span", ex);
			return new RunningSpan(span, current, OperationMetrics.NONE, 0, this.faults);
		}
		// From the root, not from the current context: Micrometer's bridge keeps its own
		// span in there and would prefer it as the parent of what is observed inside.
		Context context = Context.root().with(Baggage.fromContext(current)).with(span);
		return new RunningSpan(span, context, OperationMetrics.NONE, 0, this.faults);
	}

	/**
	 * Code that runs in a span.
	 *
	 * @param <X> what it may throw
	 */
	@FunctionalInterface
	public interface SpanRunnable<X extends Throwable> {

		/**
		 * Run.
		 * @param span the current span
		 * @throws X whatever the code throws
		 */
		void run(Span span) throws X;

	}

	/**
	 * Code that runs in a span and has a result.
	 *
	 * @param <T> the type of the result
	 * @param <X> what it may throw
	 */
	@FunctionalInterface
	public interface SpanCallable<T, X extends Throwable> {

		/**
		 * Run.
		 * @param span the current span
		 * @return the result
		 * @throws X whatever the code throws
		 */
		T call(Span span) throws X;

	}

}
