// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Objects;
import java.util.Set;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What lies in the context of a batch's span, so that whoever runs in there finds the
 * context of one of its records: a producer that sends a dead letter, or the application.
 */
final class BatchContext {

	private static final ContextKey<BatchContext> KEY = ContextKey.named("tracing-kafka-batch");

	private final RecordSpans records;

	private final Set<String> strangers;

	private @Nullable SpanContext span;

	BatchContext(RecordSpans records, Set<String> strangers) {
		this.records = records;
		this.strangers = strangers;
	}

	/**
	 * The batch that a context belongs to, {@code null} if to none.
	 */
	static @Nullable BatchContext of(Context context) {
		return context.get(KEY);
	}

	Context putInto(Context context) {
		return context.with(KEY, this);
	}

	void started(RunningSpan span) {
		this.span = span.span().getSpanContext();
	}

	/**
	 * The span of the whole batch.
	 */
	SpanContext span() {
		return Objects.requireNonNull(this.span, "The span of the batch has not started");
	}

	/**
	 * The context of a record's own process span, {@code null} if it has none.
	 */
	@Nullable Context contextOf(ConsumerRecord<?, ?> record) {
		return inside(this.records.of(record));
	}

	/**
	 * Whether what carries a context, such as a dead letter, goes on with the trace: not
	 * with that of a stranger, unless our own span of that record is in between.
	 */
	boolean goesOnWith(SpanContext carried) {
		return !this.strangers.contains(carried.getSpanId()) || this.records.sentBy(carried) != null;
	}

	/**
	 * The context of the process span of the record that carries a context, {@code null}
	 * if none has.
	 */
	@Nullable Context contextOf(SpanContext carried) {
		return inside(this.records.sentBy(carried));
	}

	private @Nullable Context inside(@Nullable RunningSpan span) {
		return (span != null) ? putInto(span.context()) : null;
	}

}
