// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
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
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchInterceptor;

/**
 * The floor of a processed batch that comes from one partition: one span that is current
 * while the listener runs, with a link to the send span of each record.
 */
final class FloorBatchInterceptor<K, V> implements BatchInterceptor<K, V> {

	private final ThreadLocal<@Nullable Attempt> attempts = new ThreadLocal<>();

	private final Tracer tracer;

	private final TextMapPropagator propagator;

	FloorBatchInterceptor(OpenTelemetry openTelemetry) {
		this.tracer = openTelemetry.getTracer("floor");
		this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
	}

	@Override
	public ConsumerRecords<K, V> intercept(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
		Span span = start(records);
		this.attempts.set(new Attempt(span, Context.root().with(span).makeCurrent()));
		return records;
	}

	private Span start(ConsumerRecords<K, V> records) {
		TopicPartition partition = records.partitions().iterator().next();
		SpanBuilder span = this.tracer.spanBuilder("process " + partition.topic())
			.setNoParent()
			.setSpanKind(SpanKind.CONSUMER)
			.setAttribute(FloorAttributes.SYSTEM, "kafka")
			.setAttribute(FloorAttributes.OPERATION_NAME, "process")
			.setAttribute(FloorAttributes.OPERATION_TYPE, "process")
			.setAttribute(FloorAttributes.BATCH_MESSAGE_COUNT, (long) records.count())
			.setAttribute(FloorAttributes.DESTINATION, partition.topic())
			.setAttribute(FloorAttributes.PARTITION, Integer.toString(partition.partition()))
			.setAttribute(FloorAttributes.GROUP, Fixture.GROUP)
			.setAttribute(FloorAttributes.CLIENT_ID, Fixture.CONSUMER_CLIENT_ID)
			.setAttribute(FloorAttributes.SERVER_ADDRESS, Fixture.SERVER_ADDRESS)
			.setAttribute(FloorAttributes.SERVER_PORT, Fixture.SERVER_PORT);
		for (ConsumerRecord<K, V> record : records) {
			Context context = this.propagator.extract(Context.root(), record.headers(), FloorHeadersGetter.INSTANCE);
			span.addLink(Span.fromContext(context).getSpanContext(), attributes(record));
		}
		return span.startSpan();
	}

	private static Attributes attributes(ConsumerRecord<?, ?> record) {
		AttributesBuilder attributes = Attributes.builder().put(FloorAttributes.OFFSET, record.offset());
		if (record.key() != null) {
			attributes.put(FloorAttributes.KEY, record.key().toString());
		}
		if (record.value() == null) {
			attributes.put(FloorAttributes.TOMBSTONE, true);
		}
		return attributes.build();
	}

	@Override
	public void success(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
		end(null);
	}

	@Override
	public void failure(ConsumerRecords<K, V> records, Exception exception, Consumer<K, V> consumer) {
		end(exception);
	}

	private void end(@Nullable Exception exception) {
		Attempt attempt = this.attempts.get();
		if (attempt != null) {
			this.attempts.remove();
			if (exception != null) {
				attempt.span.setStatus(StatusCode.ERROR);
				attempt.span.setAttribute(FloorAttributes.ERROR_TYPE, exception.getClass().getName());
				attempt.span.recordException(exception);
			}
			attempt.scope.close();
			attempt.span.end();
		}
	}

	private record Attempt(Span span, Scope scope) {
	}

}
