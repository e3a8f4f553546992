// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads a span with field names in camel case: the JSON that protobuf makes of a
 * {@code Span} of OTLP. It is not the JSON of OTLP, which writes ids in hex and enums as
 * numbers; that is read as well.
 */
final class CamelCaseSpan {

	private CamelCaseSpan() {
	}

	static SpanRecord read(JsonObject json) throws MalformedRecordException {
		JsonObject status = json.optionalObject("status");
		SpanRecord.Status code = (status != null) ? status(status.get("code")) : SpanRecord.Status.UNSET;
		return new SpanRecord(Ids.traceId(json, "traceId"), Ids.spanId(json, "spanId"),
				Ids.optionalSpanId(json, "parentSpanId"), json.text("traceState"), json.text("name"), "",
				kind(json.get("kind")), ProtobufJson.unixNanos(json, "startTimeUnixNano"),
				ProtobufJson.unixNanos(json, "endTimeUnixNano"), code, (status != null) ? status.text("message") : "",
				ProtobufJson.attributes(json), events(json), links(json),
				new SpanRecord.Dropped(ProtobufJson.count(json, "droppedAttributesCount"),
						ProtobufJson.count(json, "droppedEventsCount"), ProtobufJson.count(json, "droppedLinksCount")));
	}

	private static SpanRecord.Kind kind(@Nullable Object kind) throws MalformedRecordException {
		return ProtobufJson.constant("kind", kind, "SPAN_KIND_", SpanRecord.Kind.values());
	}

	private static SpanRecord.Status status(@Nullable Object code) throws MalformedRecordException {
		return ProtobufJson.constant("code", code, "STATUS_CODE_", SpanRecord.Status.values());
	}

	private static List<SpanRecord.Event> events(JsonObject json) throws MalformedRecordException {
		List<SpanRecord.Event> events = new ArrayList<>();
		for (JsonObject event : json.objects("events")) {
			events.add(new SpanRecord.Event(event.text("name"), ProtobufJson.unixNanos(event, "timeUnixNano"),
					ProtobufJson.attributes(event), ProtobufJson.count(event, "droppedAttributesCount")));
		}
		return events;
	}

	private static List<SpanRecord.Link> links(JsonObject json) throws MalformedRecordException {
		List<SpanRecord.Link> links = new ArrayList<>();
		for (JsonObject link : json.objects("links")) {
			links.add(new SpanRecord.Link(Ids.traceId(link, "traceId"), Ids.spanId(link, "spanId"),
					link.text("traceState"), ProtobufJson.attributes(link),
					ProtobufJson.count(link, "droppedAttributesCount")));
		}
		return links;
	}

}
