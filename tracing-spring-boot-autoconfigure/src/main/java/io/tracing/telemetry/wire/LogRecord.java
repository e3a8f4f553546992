// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A log record. Ids are lower-case hex; what is missing is empty, or zero. The values of
 * attributes are those of {@link SpanRecord}.
 *
 * @param epochNanos when it was logged
 * @param level the level, as the producer writes it
 * @param message the text
 * @param service the service, empty if the record does not name it
 * @param traceId 32 hex digits
 * @param spanId 16 hex digits
 * @param attributes the attributes; the fields, where the format calls them so
 * @param error what went wrong
 */
public record LogRecord(long epochNanos, String level, String message, String service, String traceId, String spanId,
		Map<String, @Nullable Object> attributes, String error) {
}
