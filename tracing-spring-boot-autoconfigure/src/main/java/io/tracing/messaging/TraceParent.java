// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.util.Locale;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import org.jspecify.annotations.Nullable;

/**
 * The value of a W3C {@code traceparent} header, read by the rules of Trace Context Level
 * 2: lower-case hex, ids that are not all zero, a higher version read as far as version
 * 00 goes. For code that carries the context somewhere else than in headers, such as a
 * column or a field of the body.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param flags the trace flags; of a received header or context only {@code sampled} and
 * {@code random} are kept
 * @see <a href="https://www.w3.org/TR/trace-context-2/">Trace Context Level 2</a>
 */
public record TraceParent(String traceId, String spanId, byte flags) {

	private static final int LENGTH = 55;

	private static final int TRACE_ID = 3;

	private static final int SPAN_ID = 36;

	private static final int FLAGS = 53;

	private static final int KNOWN_FLAGS = 0x03;

	public TraceParent {
		if (traceId.length() != SPAN_ID - 1 - TRACE_ID || !isId(traceId, 0, traceId.length())) {
			throw new IllegalArgumentException(
					"traceId '%s' must be 32 lower-case hex digits that are not all zero".formatted(traceId));
		}
		if (spanId.length() != FLAGS - 1 - SPAN_ID || !isId(spanId, 0, spanId.length())) {
			throw new IllegalArgumentException(
					"spanId '%s' must be 16 lower-case hex digits that are not all zero".formatted(spanId));
		}
	}

	/**
	 * Read a header. Never throws, whatever the bytes.
	 * @param header the value of the header
	 * @return the value read, or {@code null} if the header is missing or invalid, which
	 * by the specification means: start a new trace
	 */
	public static @Nullable TraceParent parse(@Nullable String header) {
		if (header == null || header.length() < LENGTH || !hasKnownVersion(header) || header.charAt(2) != '-'
				|| header.charAt(SPAN_ID - 1) != '-' || header.charAt(FLAGS - 1) != '-'
				|| !isId(header, TRACE_ID, SPAN_ID - 1) || !isId(header, SPAN_ID, FLAGS - 1)) {
			return null;
		}
		int high = digit(header.charAt(FLAGS));
		int low = digit(header.charAt(FLAGS + 1));
		if (high < 0 || low < 0) {
			return null;
		}
		return new TraceParent(header.substring(TRACE_ID, SPAN_ID - 1), header.substring(SPAN_ID, FLAGS - 1),
				(byte) ((high << 4 | low) & KNOWN_FLAGS));
	}

	/**
	 * The value for a span context.
	 * @param context the span context
	 * @return the value, or {@code null} if the context is invalid
	 */
	public static @Nullable TraceParent of(SpanContext context) {
		return context.isValid() ? new TraceParent(context.getTraceId(), context.getSpanId(),
				(byte) (context.getTraceFlags().asByte() & KNOWN_FLAGS)) : null;
	}

	/**
	 * Whether the caller may have recorded the trace.
	 * @return {@code true} if the sampled flag is set
	 */
	public boolean isSampled() {
		return (this.flags & 0x01) != 0;
	}

	/**
	 * The context of the span that the header names.
	 * @return a remote span context, with an empty trace state
	 */
	public SpanContext toSpanContext() {
		return SpanContext.createFromRemoteParent(this.traceId, this.spanId, TraceFlags.fromByte(this.flags),
				TraceState.getDefault());
	}

	/**
	 * The header to write, always of version 00.
	 * @return the value of a {@code traceparent} header
	 */
	public String toHeader() {
		return String.format(Locale.ROOT, "00-%s-%s-%02x", this.traceId, this.spanId, this.flags & 0xff);
	}

	private static boolean hasKnownVersion(String header) {
		int high = digit(header.charAt(0));
		int low = digit(header.charAt(1));
		if (high < 0 || low < 0 || (high == 0xf && low == 0xf)) {
			return false;
		}
		boolean current = high == 0 && low == 0;
		return header.length() == LENGTH || (!current && header.charAt(LENGTH) == '-');
	}

	private static boolean isId(String text, int from, int to) {
		boolean nonZero = false;
		for (int i = from; i < to; i++) {
			int digit = digit(text.charAt(i));
			if (digit < 0) {
				return false;
			}
			nonZero |= digit != 0;
		}
		return nonZero;
	}

	// Not Character.digit: that takes full-width digits and upper case as well.
	private static int digit(char c) {
		if (c >= '0' && c <= '9') {
			return c - '0';
		}
		return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
	}

}
