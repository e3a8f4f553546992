// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Instant;
import java.util.List;

import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.RecordReader;
import io.tracing.telemetry.wire.SpanRecord;

/**
 * Makes OTLP of span records.
 */
final class SpanTranslator implements RecordTranslator<ServiceRecord<Span>> {

	private static final String EXCEPTION_MESSAGE = "exception.message";

	private static final String NAMELESS_EVENT = "event";

	// What was not sampled is not exported to the stream either.
	private static final int SAMPLED = 1;

	private final String otherwise;

	/**
	 * Create the translator.
	 * @param otherwise the service of records that name none and whose subject does not
	 */
	SpanTranslator(String otherwise) {
		this.otherwise = otherwise;
	}

	@Override
	public ServiceRecord<Span> read(byte[] data, String subject, Instant stored) throws MalformedRecordException {
		SpanRecord span = RecordReader.readSpan(data);
		return ServiceRecord.of(span.service(), subject, this.otherwise, translate(span));
	}

	@Override
	public MessageLite translate(List<ServiceRecord<Span>> records) {
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		ServiceRecord.byService(records)
			.forEach((service,
					spans) -> request.addResourceSpans(ResourceSpans.newBuilder()
						.setResource(OtlpValues.resource(service))
						.addScopeSpans(ScopeSpans.newBuilder().addAllSpans(spans))));
		return request.build();
	}

	private static Span translate(SpanRecord record) {
		Span.Builder span = Span.newBuilder()
			.setTraceId(OtlpValues.id(record.traceId()))
			.setSpanId(OtlpValues.id(record.spanId()))
			.setParentSpanId(OtlpValues.id(record.parentId()))
			.setTraceState(record.traceState())
			.setFlags(SAMPLED)
			.setName(record.name())
			.setKindValue(record.kind().ordinal())
			.setStartTimeUnixNano(record.startEpochNanos())
			.setEndTimeUnixNano(Math.max(record.startEpochNanos(), record.endEpochNanos()))
			.setDroppedAttributesCount(record.dropped().attributes())
			.setDroppedEventsCount(record.dropped().events())
			.setDroppedLinksCount(record.dropped().links())
			.addAllAttributes(OtlpValues.attributes(record.attributes()));
		record.events().forEach((event) -> span.addEvents(translate(event)));
		record.links().forEach((link) -> span.addLinks(translate(link)));
		setStatus(span, record);
		return span.build();
	}

	private static void setStatus(Span.Builder span, SpanRecord record) {
		Status.Builder status = Status.newBuilder();
		switch (record.status()) {
			case OK -> status.setCode(Status.StatusCode.STATUS_CODE_OK);
			case ERROR -> status.setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage(record.error());
			case UNSET -> status.setCode(Status.StatusCode.STATUS_CODE_UNSET);
		}
		span.setStatus(status);
		// An error that was got over: OTLP has a message only for the status ERROR.
		if (record.status() != SpanRecord.Status.ERROR && !record.error().isEmpty()
				&& !record.attributes().containsKey(EXCEPTION_MESSAGE)) {
			span.addAttributes(OtlpValues.attribute(EXCEPTION_MESSAGE, record.error()));
		}
	}

	private static Span.Event translate(SpanRecord.Event record) {
		return Span.Event.newBuilder()
			.setName(record.name().isEmpty() ? NAMELESS_EVENT : record.name())
			.setTimeUnixNano(record.epochNanos())
			.setDroppedAttributesCount(record.droppedAttributes())
			.addAllAttributes(OtlpValues.attributes(record.attributes()))
			.build();
	}

	private static Span.Link translate(SpanRecord.Link record) {
		return Span.Link.newBuilder()
			.setTraceId(OtlpValues.id(record.traceId()))
			.setSpanId(OtlpValues.id(record.spanId()))
			.setTraceState(record.traceState())
			.setDroppedAttributesCount(record.droppedAttributes())
			.addAllAttributes(OtlpValues.attributes(record.attributes()))
			.build();
	}

}
