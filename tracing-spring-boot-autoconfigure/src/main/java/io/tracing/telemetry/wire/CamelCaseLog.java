// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

/**
 * Reads a log record with field names in camel case. Unlike the spans of that format it
 * has its ids in hex, and its attributes as an object.
 */
final class CamelCaseLog {

	private CamelCaseLog() {
	}

	static LogRecord read(JsonObject json) throws MalformedRecordException {
		return new LogRecord(json.time("timestamp"), json.text("severity"), json.text("body"), json.text("serviceName"),
				Ids.optionalTraceId(json, "traceId"), Ids.optionalSpanId(json, "spanId"), json.attributes("attributes"),
				"");
	}

}
