// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.kafka.listener.RecordInterceptor;

/**
 * The floor of a processed record: the context out of its headers, one span that is
 * current while the listener runs, child of the send span and linked to it.
 */
final class FloorRecordInterceptor<K, V> implements RecordInterceptor<K, V> {

	private final ThreadLocal<Attempt> attempts = new ThreadLocal<>();

	private final Tracer tracer;

	private final TextMapPropagator propagator;

	FloorRecordInterceptor(OpenTelemetry openTelemetry) {
		this.tracer = openTelemetry.getTracer("floor");
		this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
	}

	@Override
	public ConsumerRecord<K, V> intercept(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		Context parent = this.propagator.extract(Context.root(), record.headers(), FloorHeadersGetter.INSTANCE);
		Span span = start(record, parent);
		this.attempts.set(new Attempt(span, parent.with(span).makeCurrent()));
		return record;
	}

	private Span start(ConsumerRecord<K, V> record, Context parent) {
		SpanBuilder span = this.tracer.spanBuilder("process " + record.topic())
			.setParent(parent)
			.addLink(Span.fromContext(parent).getSpanContext())
			.setSpanKind(SpanKind.CONSUMER)
			.setAttribute(FloorAttributes.SYSTEM, "kafka")
			.setAttribute(FloorAttributes.OPERATION_NAME, "process")
			.setAttribute(FloorAttributes.OPERATION_TYPE, "process")
			.setAttribute(FloorAttributes.DESTINATION, record.topic())
			.setAttribute(FloorAttributes.PARTITION, Integer.toString(record.partition()))
			.setAttribute(FloorAttributes.OFFSET, record.offset())
			.setAttribute(FloorAttributes.GROUP, Fixture.GROUP)
			.setAttribute(FloorAttributes.CLIENT_ID, Fixture.CONSUMER_CLIENT_ID)
			.setAttribute(FloorAttributes.SERVER_ADDRESS, Fixture.SERVER_ADDRESS)
			.setAttribute(FloorAttributes.SERVER_PORT, Fixture.SERVER_PORT);
		if (record.key() != null) {
			span.setAttribute(FloorAttributes.KEY, record.key().toString());
		}
		if (record.value() == null) {
			span.setAttribute(FloorAttributes.TOMBSTONE, true);
		}
		return span.startSpan();
	}

	@Override
	public void failure(ConsumerRecord<K, V> record, Exception exception, Consumer<K, V> consumer) {
		Attempt attempt = this.attempts.get();
		if (attempt != null) {
			attempt.span.setStatus(StatusCode.ERROR);
			attempt.span.setAttribute(FloorAttributes.ERROR_TYPE, exception.getClass().getName());
			attempt.span.recordException(exception);
		}
	}

	@Override
	public void afterRecord(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		Attempt attempt = this.attempts.get();
		if (attempt != null) {
			this.attempts.remove();
			attempt.scope.close();
			attempt.span.end();
		}
	}

	private record Attempt(Span span, Scope scope) {
	}

}
