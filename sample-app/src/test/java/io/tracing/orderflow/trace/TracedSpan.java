// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.trace;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * What the tests know of a span, wherever it was seen: in this JVM or in an OTLP request.
 *
 * @param traceId the trace's id
 * @param spanId its id
 * @param parentId its parent's id, empty if there is none
 * @param service the service that made it
 * @param kind its kind
 * @param name its name
 * @param failed whether its status is an error
 * @param start when it started, in nanoseconds since the epoch
 * @param links the ids of the spans that it links to
 * @param attributes its attributes as text
 */
public record TracedSpan(String traceId, String spanId, String parentId, String service, String kind, String name,
		boolean failed, long start, List<String> links, Map<String, String> attributes) {

	private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

	private static final String NO_PARENT = "0000000000000000";

	public static TracedSpan of(SpanData span) {
		Map<String, String> attributes = new TreeMap<>();
		span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
		String parent = span.getParentSpanId();
		return new TracedSpan(span.getTraceId(), span.getSpanId(), NO_PARENT.equals(parent) ? "" : parent,
				String.valueOf(span.getResource().getAttribute(SERVICE)), span.getKind().name(), span.getName(),
				span.getStatus().getStatusCode() == StatusCode.ERROR, span.getStartEpochNanos(),
				span.getLinks().stream().map((link) -> link.getSpanContext().getSpanId()).toList(), attributes);
	}

	static TracedSpan of(String service, Span span) {
		Map<String, String> attributes = new TreeMap<>();
		for (KeyValue attribute : span.getAttributesList()) {
			attributes.put(attribute.getKey(), text(attribute.getValue()));
		}
		return new TracedSpan(Hex.of(span.getTraceId()), Hex.of(span.getSpanId()), Hex.of(span.getParentSpanId()),
				service, span.getKind().name().replace("SPAN_KIND_", ""), span.getName(),
				span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR, span.getStartTimeUnixNano(),
				span.getLinksList().stream().map((link) -> Hex.of(link.getSpanId())).toList(), attributes);
	}

	static String text(AnyValue value) {
		return switch (value.getValueCase()) {
			case STRING_VALUE -> value.getStringValue();
			case INT_VALUE -> String.valueOf(value.getIntValue());
			case DOUBLE_VALUE -> String.valueOf(value.getDoubleValue());
			case BOOL_VALUE -> String.valueOf(value.getBoolValue());
			default -> value.toString();
		};
	}

}
