// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The floor of a send: one span from the call to the acknowledgement, its context in the
 * record's headers.
 */
final class FloorProducer<K, V> extends ForwardingProducer<K, V> {

	private static final TextMapSetter<Headers> SETTER = (headers, name, value) -> {
		if (headers != null) {
			headers.add(name, value.getBytes(StandardCharsets.UTF_8));
		}
	};

	private final Tracer tracer;

	private final TextMapPropagator propagator;

	FloorProducer(Producer<K, V> delegate, OpenTelemetry openTelemetry) {
		super(delegate);
		this.tracer = openTelemetry.getTracer("floor");
		this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
	}

	@Override
	public Future<RecordMetadata> send(ProducerRecord<K, V> record, @Nullable Callback callback) {
		Context parent = Context.current();
		Span span = start(record, parent);
		this.propagator.inject(parent.with(span), record.headers(), SETTER);
		try {
			return super.send(record, new EndOfSpan(span, callback));
		}
		catch (RuntimeException ex) {
			fail(span, ex);
			span.end();
			throw ex;
		}
	}

	private Span start(ProducerRecord<K, V> record, Context parent) {
		SpanBuilder span = this.tracer.spanBuilder("send " + record.topic())
			.setParent(parent)
			.setSpanKind(SpanKind.PRODUCER)
			.setAttribute(FloorAttributes.SYSTEM, "kafka")
			.setAttribute(FloorAttributes.OPERATION_NAME, "send")
			.setAttribute(FloorAttributes.OPERATION_TYPE, "send")
			.setAttribute(FloorAttributes.DESTINATION, record.topic())
			.setAttribute(FloorAttributes.CLIENT_ID, Fixture.PRODUCER_CLIENT_ID)
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

	private static void fail(Span span, Exception exception) {
		span.setStatus(StatusCode.ERROR);
		span.setAttribute(FloorAttributes.ERROR_TYPE, exception.getClass().getName());
		span.recordException(exception);
	}

	private record EndOfSpan(Span span, @Nullable Callback callback) implements Callback {

		@Override
		public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
			if (exception != null) {
				fail(this.span, exception);
			}
			else if (metadata != null) {
				this.span.setAttribute(FloorAttributes.PARTITION, Integer.toString(metadata.partition()));
				this.span.setAttribute(FloorAttributes.OFFSET, metadata.offset());
			}
			this.span.end();
			if (this.callback != null) {
				this.callback.onCompletion(metadata, exception);
			}
		}

	}

}
