// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

/**
 * Builds traces whose times are exact. Times are milliseconds after the trace began.
 */
final class ExampleTrace {

	static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final long EPOCH = TimeUnit.SECONDS.toNanos(1_700_000_000);

	private static final AttributeKey<Double> TIME_IN_QUEUE = AttributeKey.doubleKey("messaging.message.time_in_queue");

	private final List<SpanData> spans = new ArrayList<>();

	CollectedTrace trace() {
		return new CollectedTrace(TRACE_ID, this.spans, 0);
	}

	List<SpanData> spans() {
		return this.spans;
	}

	SpanData server(SpanData parent, String service, String name, double from, double to) {
		return add(TRACE_ID, parent, service, name, SpanKind.SERVER, from, to, (span) -> span);
	}

	SpanData root(String service, String name, double from, double to) {
		return add(TRACE_ID, null, service, name, SpanKind.SERVER, from, to, (span) -> span);
	}

	SpanData client(SpanData parent, String service, String name, double from, double to) {
		return add(TRACE_ID, parent, service, name, SpanKind.CLIENT, from, to, (span) -> span);
	}

	SpanData failedClient(SpanData parent, String service, String name, double from, double to, String errorType) {
		return add(TRACE_ID, parent, service, name, SpanKind.CLIENT, from, to,
				(span) -> span.setStatus(StatusData.error())
					.setAttributes(Attributes.of(AttributeKey.stringKey("error.type"), errorType)));
	}

	SpanData send(SpanData parent, String service, String topic, double from, double to) {
		return add(TRACE_ID, parent, service, "send " + topic, SpanKind.PRODUCER, from, to,
				(span) -> span.setAttributes(messaging(topic).build()));
	}

	SpanData publish(SpanData parent, String service, String subject, double from, double to) {
		return publish(parent, service, subject, from, to, "messaging.nats.stream", "SHIPMENTS");
	}

	SpanData duplicate(SpanData parent, String service, String subject, double from, double to) {
		return publish(parent, service, subject, from, to, "messaging.nats.publish.duplicate", true);
	}

	SpanData reply(SpanData parent, String service, double from, double to) {
		return publish(parent, service, "_INBOX", from, to, "messaging.destination.temporary", true);
	}

	SpanData deliver(SpanData send, String service, String subject, double from, double to, double queued) {
		return add(TRACE_ID, send, service, "process " + subject, SpanKind.CONSUMER, from, to,
				(span) -> span.setAttributes(delivered(service, subject, queued)));
	}

	SpanData failedDelivery(SpanData send, String service, String subject, double from, double to, double queued,
			String errorType) {
		return add(TRACE_ID, send, service, "process " + subject, SpanKind.CONSUMER, from, to,
				(span) -> span.setStatus(StatusData.error())
					.setAttributes(
							delivered(service, subject, queued).toBuilder().put("error.type", errorType).build()));
	}

	private static Attributes delivered(String consumer, String subject, double queued) {
		return messaging(subject).put("messaging.system", "nats")
			.put("messaging.destination.subscription.name", consumer)
			.put(TIME_IN_QUEUE, queued / 1e3)
			.put("messaging.message.time_in_queue_source", "broker")
			.build();
	}

	/** Nothing is between a request and who answers it. */
	SpanData answer(SpanData request, String service, String subject, double from, double to) {
		return add(TRACE_ID, request, service, "process " + subject, SpanKind.CONSUMER, from, to,
				(span) -> span.setAttributes(messaging(subject).put("messaging.system", "nats").build()));
	}

	private SpanData publish(SpanData parent, String service, String subject, double from, double to, String key,
			Object value) {
		AttributesBuilder attributes = messaging(subject).put("messaging.system", "nats");
		attributes = (value instanceof Boolean flag) ? attributes.put(key, flag)
				: attributes.put(key, value.toString());
		Attributes all = attributes.build();
		return add(TRACE_ID, parent, service, "publish " + subject, SpanKind.PRODUCER, from, to,
				(span) -> span.setAttributes(all));
	}

	SpanData process(SpanData send, String service, String topic, double from, double to, double queued) {
		return process(TRACE_ID, send, service, topic, from, to, queued, (span) -> span);
	}

	SpanData failedProcess(SpanData send, String service, String topic, double from, double to, double queued,
			String exception, String message) {
		Attributes attributes = Attributes.of(AttributeKey.stringKey("exception.type"), exception,
				AttributeKey.stringKey("exception.message"), message);
		return process(TRACE_ID, send, service, topic, from, to, queued, (span) -> span.setStatus(StatusData.error())
			.setEvents(List.of(EventData.create(nanos(to), "exception", attributes))));
	}

	SpanData linkedProcess(String traceId, SpanData send, String service, String topic, double from, double to,
			double queued) {
		return process(traceId, null, service, topic, from, to, queued,
				(span) -> span.setLinks(List.of(LinkData.create(send.getSpanContext()))));
	}

	SpanData orphan(String service, String name, double from, double to) {
		SpanData missing = span(TRACE_ID, SpanId.fromLong(0xdead), null, "x", "x", SpanKind.CLIENT, 0, 0).build();
		return server(missing, service, name, from, to);
	}

	SpanData open(SpanData parent, String service, String name, double from) {
		return add(TRACE_ID, parent, service, name, SpanKind.INTERNAL, from, from,
				(span) -> span.setEndEpochNanos(0).setHasEnded(false));
	}

	private SpanData process(String traceId, @Nullable SpanData send, String service, String topic, double from,
			double to, double queued, UnaryOperator<TestSpanData.Builder> customizer) {
		return add(traceId, send, service, "process " + topic, SpanKind.CONSUMER, from, to,
				(span) -> customizer.apply(span.setAttributes(messaging(topic).put(TIME_IN_QUEUE, queued / 1e3)
					.put("messaging.message.time_in_queue_source", "producer")
					.put("messaging.consumer.group.name", service)
					.build())));
	}

	private SpanData add(String traceId, @Nullable SpanData parent, String service, String name, SpanKind kind,
			double from, double to, UnaryOperator<TestSpanData.Builder> customizer) {
		SpanData span = customizer
			.apply(span(traceId, SpanId.fromLong(this.spans.size() + 1), parent, service, name, kind, from, to))
			.build();
		this.spans.add(span);
		return span;
	}

	private static TestSpanData.Builder span(String traceId, String spanId, @Nullable SpanData parent, String service,
			String name, SpanKind kind, double from, double to) {
		TestSpanData.Builder builder = TestSpanData.builder()
			.setName(name)
			.setKind(kind)
			.setSpanContext(SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault()))
			.setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service)))
			.setStartEpochNanos(nanos(from))
			.setEndEpochNanos(nanos(to))
			.setStatus(StatusData.unset())
			.setHasEnded(true);
		return (parent != null) ? builder.setParentSpanContext(parent.getSpanContext()) : builder;
	}

	private static AttributesBuilder messaging(String topic) {
		return Attributes.builder().put("messaging.system", "kafka").put("messaging.destination.name", topic);
	}

	private static long nanos(double milliseconds) {
		return EPOCH + Math.round(milliseconds * 1e6);
	}

}
