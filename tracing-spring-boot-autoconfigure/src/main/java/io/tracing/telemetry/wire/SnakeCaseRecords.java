// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads the format with field names in snake case. What no producer of it can have
 * written, and its first bridge crashed over, is malformed: empty names, empty keys,
 * words for the kind, the status or the level that are too long for one.
 */
final class SnakeCaseRecords {

	private static final int MAX_WORD = 20;

	private SnakeCaseRecords() {
	}

	static SpanRecord span(JsonObject json) throws MalformedRecordException {
		return new SpanRecord(Ids.traceId(json, "trace_id"), Ids.spanId(json, "span_id"),
				Ids.optionalSpanId(json, "parent_id"), json.requiredText("name"), json.text("service"),
				kind(word(json, "kind")), json.time("start_time"), json.time("end_time"), status(word(json, "status")),
				json.text("error"), json.attributes("attributes"), events(json));
	}

	private static SpanRecord.Kind kind(String word) {
		return switch (word.toLowerCase(Locale.ROOT)) {
			case "internal" -> SpanRecord.Kind.INTERNAL;
			case "server" -> SpanRecord.Kind.SERVER;
			case "client" -> SpanRecord.Kind.CLIENT;
			case "producer" -> SpanRecord.Kind.PRODUCER;
			case "consumer" -> SpanRecord.Kind.CONSUMER;
			default -> SpanRecord.Kind.UNSPECIFIED;
		};
	}

	private static SpanRecord.Status status(String word) {
		return switch (word.toLowerCase(Locale.ROOT)) {
			case "ok" -> SpanRecord.Status.OK;
			case "error" -> SpanRecord.Status.ERROR;
			default -> SpanRecord.Status.UNSET;
		};
	}

	private static List<SpanRecord.Event> events(JsonObject json) throws MalformedRecordException {
		List<SpanRecord.Event> events = new ArrayList<>();
		for (JsonObject event : json.objects("events")) {
			events.add(new SpanRecord.Event(event.text("name"), event.time("time"), event.attributes("attributes")));
		}
		return events;
	}

	static LogRecord log(JsonObject json) throws MalformedRecordException {
		json.requiredText("level");
		Map<String, @Nullable Object> fields = json.attributes("fields");
		String traceId = Ids.optionalTraceId(json, "trace_id");
		String spanId = Ids.optionalSpanId(json, "span_id");
		// Producers have no place to put them but the fields.
		return new LogRecord(json.time("timestamp"), word(json, "level"), json.requiredText("message"),
				json.text("service"), traceId.isEmpty() ? Ids.traceIdOf(fields.get("trace_id")) : traceId,
				spanId.isEmpty() ? Ids.spanIdOf(fields.get("span_id")) : spanId, fields, json.text("error"));
	}

	static MetricObservation observation(JsonObject json, Number value) throws MalformedRecordException {
		MetricObservation.Type type = type(json.text("type"));
		if (type == MetricObservation.Type.COUNTER && value.doubleValue() < 0) {
			throw new MalformedRecordException("the 'value' of a counter must not be negative");
		}
		return new MetricObservation(json.requiredText("name"), type, value, tags(json), json.text("service"),
				json.time("timestamp"));
	}

	private static MetricObservation.Type type(String word) throws MalformedRecordException {
		return switch (word) {
			case "counter" -> MetricObservation.Type.COUNTER;
			case "gauge" -> MetricObservation.Type.GAUGE;
			case "histogram" -> MetricObservation.Type.HISTOGRAM;
			default -> throw new MalformedRecordException("'type' must be 'counter', 'gauge' or 'histogram'");
		};
	}

	private static Map<String, String> tags(JsonObject json) throws MalformedRecordException {
		Map<String, String> tags = new LinkedHashMap<>();
		for (Map.Entry<String, @Nullable Object> tag : json.attributes("tags").entrySet()) {
			if (tag.getValue() != null && !(tag.getValue() instanceof String)) {
				throw new MalformedRecordException("'tags' must have values that are strings");
			}
			tags.put(tag.getKey(), (tag.getValue() instanceof String text) ? text : "");
		}
		return tags;
	}

	/** A field with one word. */
	private static String word(JsonObject json, String name) throws MalformedRecordException {
		String word = json.text(name);
		if (word.length() > MAX_WORD || word.getBytes(StandardCharsets.UTF_8).length > MAX_WORD) {
			throw new MalformedRecordException("'" + name + "' must not have more than " + MAX_WORD + " bytes");
		}
		return word;
	}

}
