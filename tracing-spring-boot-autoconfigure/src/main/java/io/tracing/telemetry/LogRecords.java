// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.List;
import java.util.Locale;

import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.tracing.telemetry.wire.LogRecord;
import io.tracing.telemetry.wire.TelemetrySubjects;

/**
 * Log records as JSON records. What these have no room for is lost: the scope, the exact
 * severity, and resource attributes but the service.
 */
final class LogRecords {

	private LogRecords() {
	}

	static List<RecordEncoding.JsonRecord> of(LogRecordData log) {
		LogRecord record = record(log);
		return List.of(new RecordEncoding.JsonRecord(TelemetrySubjects.of(record), null, true,
				(writer) -> writer.write(record)));
	}

	static LogRecord record(LogRecordData log) {
		long time = (log.getTimestampEpochNanos() != 0) ? log.getTimestampEpochNanos()
				: log.getObservedTimestampEpochNanos();
		SpanContext span = log.getSpanContext();
		return new LogRecord(time, level(log), message(log), ServiceName.of(log.getResource()),
				span.isValid() ? span.getTraceId() : "", span.isValid() ? span.getSpanId() : "",
				RecordAttributes.of(log.getAttributes()), RecordAttributes.error(log.getAttributes()));
	}

	private static String message(LogRecordData log) {
		Value<?> body = log.getBodyValue();
		if (body != null) {
			return body.asString();
		}
		String event = log.getEventName();
		return (event != null) ? event : "";
	}

	/**
	 * One of the levels that the readers of these records know.
	 */
	private static String level(LogRecordData log) {
		String name = log.getSeverity().name();
		if (name.startsWith("UNDEFINED")) {
			String text = log.getSeverityText();
			return (text != null && !text.isEmpty()) ? text.toLowerCase(Locale.ROOT) : "info";
		}
		// Each has four degrees, such as WARN2.
		String level = name.replaceAll("\\d", "").toLowerCase(Locale.ROOT);
		return level.equals("fatal") ? "error" : level;
	}

}
