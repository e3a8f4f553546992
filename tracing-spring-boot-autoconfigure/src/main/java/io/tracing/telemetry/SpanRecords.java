// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.telemetry.wire.SpanRecord;
import io.tracing.telemetry.wire.TelemetrySubjects;
import org.jspecify.annotations.Nullable;

/**
 * Spans as JSON records. What these have no room for is lost: links, the scope, the trace
 * state, and resource attributes but the service.
 */
final class SpanRecords {

	private static final String RUN_ID = "run_id";

	// What DagNats calls it since it uses OpenTelemetry.
	private static final String QUALIFIED_RUN_ID = "dagnats.run.id";

	private static final String EXCEPTION = "exception";

	private SpanRecords() {
	}

	static List<RecordEncoding.JsonRecord> of(SpanData span) {
		SpanRecord record = record(span);
		return List.of(new RecordEncoding.JsonRecord(TelemetrySubjects.of(record),
				span.getTraceId() + "." + span.getSpanId(), true, (writer) -> writer.write(record)));
	}

	static SpanRecord record(SpanData span) {
		Map<String, @Nullable Object> attributes = RecordAttributes.of(span.getAttributes());
		if (attributes.get(QUALIFIED_RUN_ID) instanceof String run) {
			attributes.putIfAbsent(RUN_ID, run);
		}
		return new SpanRecord(span.getTraceId(), span.getSpanId(),
				span.getParentSpanContext().isValid() ? span.getParentSpanId() : "", span.getName(),
				ServiceName.of(span.getResource()), kind(span.getKind()), span.getStartEpochNanos(),
				span.getEndEpochNanos(), status(span.getStatus().getStatusCode()), error(span), attributes,
				span.getEvents().stream().map(SpanRecords::event).toList());
	}

	private static SpanRecord.Event event(EventData event) {
		return new SpanRecord.Event(event.getName(), event.getEpochNanos(), RecordAttributes.of(event.getAttributes()));
	}

	/**
	 * The message of the last exception, as DagNats has it, else the description of a
	 * failure.
	 */
	private static String error(SpanData span) {
		for (int i = span.getEvents().size() - 1; i >= 0; i--) {
			EventData event = span.getEvents().get(i);
			if (event.getName().equals(EXCEPTION)) {
				return RecordAttributes.error(event.getAttributes());
			}
		}
		StatusData status = span.getStatus();
		return (status.getStatusCode() == StatusCode.ERROR) ? status.getDescription() : "";
	}

	private static SpanRecord.Status status(StatusCode code) {
		return switch (code) {
			case UNSET -> SpanRecord.Status.UNSET;
			case OK -> SpanRecord.Status.OK;
			case ERROR -> SpanRecord.Status.ERROR;
		};
	}

	private static SpanRecord.Kind kind(SpanKind kind) {
		return switch (kind) {
			case INTERNAL -> SpanRecord.Kind.INTERNAL;
			case SERVER -> SpanRecord.Kind.SERVER;
			case CLIENT -> SpanRecord.Kind.CLIENT;
			case PRODUCER -> SpanRecord.Kind.PRODUCER;
			case CONSUMER -> SpanRecord.Kind.CONSUMER;
		};
	}

}
