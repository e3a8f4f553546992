// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

/**
 * Reads the records that are JSON. They come in two formats, which are told apart for
 * each message, since both can be on one stream: field names in snake case
 * ({@code trace_id}) as the page of DagNats has it, and in camel case ({@code traceId})
 * as released versions of DagNats write it.
 * <p>
 * Whatever the bytes are, the outcome is a record or a {@link MalformedRecordException}.
 * Like the decoders of the producers' language, it ignores fields that it does not know
 * and the case of the names of those that it does, takes {@code null} for a missing
 * field, the last of two fields with one name, and U+FFFD for what is no UTF-8.
 */
public final class RecordReader {

	private RecordReader() {
	}

	/**
	 * Read a span.
	 * @param data the body of a message
	 * @return the span
	 * @throws MalformedRecordException if the body is no span
	 */
	public static SpanRecord readSpan(byte[] data) throws MalformedRecordException {
		JsonObject json = JsonObject.parse(data);
		if (json.has("trace_id")) {
			return SnakeCaseRecords.span(json);
		}
		if (json.has("traceId")) {
			return CamelCaseSpan.read(json);
		}
		throw new MalformedRecordException("a span must have the field 'trace_id' or 'traceId'");
	}

	/**
	 * Read a log record.
	 * @param data the body of a message
	 * @return the log record
	 * @throws MalformedRecordException if the body is no log record
	 */
	public static LogRecord readLog(byte[] data) throws MalformedRecordException {
		JsonObject json = JsonObject.parse(data);
		if (json.has("message") || json.has("level")) {
			return SnakeCaseRecords.log(json);
		}
		if (json.has("body") || json.has("severity")) {
			return CamelCaseLog.read(json);
		}
		throw new MalformedRecordException(
				"a log record must have one of the fields 'message', 'level', 'body' and 'severity'");
	}

	/**
	 * Read a metric.
	 * @param data the body of a message
	 * @return one observation, or all points of an instrument
	 * @throws MalformedRecordException if the body is no metric
	 */
	public static MetricRecord readMetric(byte[] data) throws MalformedRecordException {
		JsonObject json = JsonObject.parse(data);
		if (json.has("type") && json.get("value") instanceof Number value) {
			return SnakeCaseRecords.observation(json, value);
		}
		JsonObject points = json.optionalObject("data");
		if (points != null) {
			return CamelCaseMetric.read(json, points);
		}
		throw new MalformedRecordException(
				"a metric must have the fields 'type' and 'value', a number, or the field 'data', an object");
	}

}
