// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A span that is current on the benchmark's thread.
 */
@State(Scope.Thread)
public class CurrentSpan {

	private io.opentelemetry.context.Scope scope = io.opentelemetry.context.Scope.noop();

	/**
	 * Make it current.
	 */
	@Setup
	public void open() {
		SpanContext span = SpanContext.create(EndlessConsumer.TRACE_ID, EndlessConsumer.SPAN_ID,
				TraceFlags.getSampled(), TraceState.getDefault());
		this.scope = Context.root().with(Span.wrap(span)).makeCurrent();
	}

	/**
	 * Leave the thread as it was.
	 */
	@TearDown
	public void close() {
		this.scope.close();
	}

}
