// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON with field names in snake case. A record that breaks the rules
 * of the format crashes the first bridge that drained it, so what the format can't take
 * is mended here: what is too long is cut, what has no name gets one or is left out.
 */
public final class RecordWriter {

	private static final int MAX_ERROR = 10_000;

	private static final int MAX_ENTRIES = 10_000;

	private static final int MAX_LEVEL = 20;

	private static final String NAMELESS = "unnamed";

	private final int maxSize;

	/**
	 * Create a writer.
	 * @param maxSize how many bytes a message can have: what the server takes
	 */
	public RecordWriter(int maxSize) {
		this.maxSize = Math.min(maxSize, JsonParser.MAX_SIZE);
	}

	/**
	 * Write a span.
	 * @param span the span
	 * @return the body of a message, {@code null} if it would be too large
	 */
	public byte @Nullable [] write(SpanRecord span) {
		JsonWriter json = new JsonWriter().begin('{')
			.field("trace_id", span.traceId())
			.field("span_id", span.spanId())
			.optionalField("parent_id", span.parentId())
			.field("name", named(span.name()))
			.field("service", span.service())
			.field("kind", kind(span.kind()))
			.field("start_time", Timestamps.format(span.startEpochNanos()))
			.field("end_time", Timestamps.format(span.endEpochNanos()))
			.field("duration_ms", Math.max(0, span.endEpochNanos() - span.startEpochNanos()) / 1_000_000)
			.field("status", (span.status() == SpanRecord.Status.ERROR) ? "error" : "ok")
			.optionalField("attributes", span.attributes(), MAX_ENTRIES);
		writeEvents(json, span.events());
		return body(json.optionalField("error", cut(span.error(), MAX_ERROR)));
	}

	private static void writeEvents(JsonWriter json, List<SpanRecord.Event> events) {
		if (events.isEmpty()) {
			return;
		}
		json.name("events").begin('[');
		for (SpanRecord.Event event : events.subList(0, Math.min(events.size(), MAX_ENTRIES))) {
			json.begin('{')
				.field("name", named(event.name()))
				.field("time", Timestamps.format(event.epochNanos()))
				.optionalField("attributes", event.attributes(), MAX_ENTRIES)
				.end('}');
		}
		json.end(']');
	}

	/**
	 * Write a log record.
	 * @param log the log record
	 * @return the body of a message, {@code null} if it would be too large
	 */
	public byte @Nullable [] write(LogRecord log) {
		return body(new JsonWriter().begin('{')
			.field("level", level(log))
			.field("message", log.message().isEmpty() ? "(empty)" : log.message())
			.field("service", log.service())
			.optionalField("trace_id", log.traceId())
			.optionalField("span_id", log.spanId())
			.optionalField("fields", log.attributes(), MAX_ENTRIES)
			.field("timestamp", Timestamps.format(log.epochNanos()))
			.optionalField("error", cut(log.error(), MAX_ERROR)));
	}

	/**
	 * Write an observation of a metric.
	 * @param observation the observation
	 * @return the body of a message, {@code null} if it would be too large, or if the
	 * value is infinite or no number, which JSON can't say
	 */
	public byte @Nullable [] write(MetricObservation observation) {
		if (!Double.isFinite(observation.value().doubleValue())) {
			return null;
		}
		return body(new JsonWriter().begin('{')
			.field("name", named(observation.name()))
			.field("type", observation.type().name().toLowerCase(Locale.ROOT))
			.field("value", observation.value())
			.optionalField("tags", observation.tags(), MAX_ENTRIES)
			.field("service", observation.service())
			.field("timestamp", Timestamps.format(observation.epochNanos())));
	}

	/** The level as it is written, in the record and in its subject. */
	static String level(LogRecord log) {
		return log.level().isEmpty() ? "info" : cut(log.level().toLowerCase(Locale.ROOT), MAX_LEVEL);
	}

	private byte @Nullable [] body(JsonWriter json) {
		json.end('}');
		return (json.length() <= this.maxSize) ? json.toBytes() : null;
	}

	private static String named(String name) {
		return name.isEmpty() ? NAMELESS : name;
	}

	private static String kind(SpanRecord.Kind kind) {
		return (kind == SpanRecord.Kind.UNSPECIFIED) ? "internal" : kind.name().toLowerCase(Locale.ROOT);
	}

	/** As much of a text as fits into some bytes of UTF-8. */
	private static String cut(String text, int bytes) {
		// No char has more than three.
		if (text.length() * 3L <= bytes) {
			return text;
		}
		int size = 0;
		int end = 0;
		while (end < text.length()) {
			int codePoint = text.codePointAt(end);
			size += utf8Length(codePoint);
			if (size > bytes) {
				return text.substring(0, end);
			}
			end += Character.charCount(codePoint);
		}
		return text;
	}

	private static int utf8Length(int codePoint) {
		if (codePoint < 0x80) {
			return 1;
		}
		if (codePoint < 0x800) {
			return 2;
		}
		return (codePoint <= Character.MAX_VALUE) ? 3 : 4;
	}

}
