// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.concurrent.atomic.LongAdder;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Counts the spans that start and end, and keeps none: for tests that make too many.
 */
public final class CountedSpans implements SpanProcessor {

	private final LongAdder started = new LongAdder();

	private final LongAdder ended = new LongAdder();

	public long started() {
		return this.started.sum();
	}

	public long open() {
		return this.started.sum() - this.ended.sum();
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		this.started.increment();
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		this.ended.increment();
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

}
