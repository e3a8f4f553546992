// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The ids of traces and spans, which the formats write in hex and in Base64. Their
 * lengths tell which it is.
 */
final class Ids {

	private static final HexFormat HEX = HexFormat.of();

	private static final int TRACE_ID = 16;

	private static final int SPAN_ID = 8;

	private Ids() {
	}

	static String traceId(JsonObject json, String name) throws MalformedRecordException {
		return id(name, json.text(name), TRACE_ID);
	}

	static String spanId(JsonObject json, String name) throws MalformedRecordException {
		return id(name, json.text(name), SPAN_ID);
	}

	static String optionalTraceId(JsonObject json, String name) throws MalformedRecordException {
		return json.text(name).isEmpty() ? "" : traceId(json, name);
	}

	static String optionalSpanId(JsonObject json, String name) throws MalformedRecordException {
		return json.text(name).isEmpty() ? "" : spanId(json, name);
	}

	/**
	 * The trace id that is the value of an attribute, empty if it is none.
	 */
	static String traceIdOf(@Nullable Object value) {
		return idOf(value, TRACE_ID);
	}

	/**
	 * The span id that is the value of an attribute, empty if it is none.
	 */
	static String spanIdOf(@Nullable Object value) {
		return idOf(value, SPAN_ID);
	}

	private static String idOf(@Nullable Object value, int bytes) {
		String id = (value instanceof String text) ? decode(text, bytes) : null;
		return (id != null) ? id : "";
	}

	private static String id(String name, String text, int bytes) throws MalformedRecordException {
		String id = decode(text, bytes);
		if (id == null) {
			throw new MalformedRecordException(
					"'" + name + "' must be " + bytes + " bytes in hex or Base64 that are not all zero");
		}
		return id;
	}

	private static @Nullable String decode(String text, int bytes) {
		if (text.length() == 2 * bytes) {
			return fromHex(text);
		}
		// Base64 makes four characters of three bytes.
		return (text.length() == (bytes + 2) / 3 * 4) ? fromBase64(text, bytes) : null;
	}

	private static @Nullable String fromBase64(String text, int bytes) {
		try {
			byte[] id = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
			return (id.length == bytes) ? fromHex(HEX.formatHex(id)) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static @Nullable String fromHex(String id) {
		boolean nonZero = false;
		boolean upperCase = false;
		for (int i = 0; i < id.length(); i++) {
			char c = id.charAt(i);
			if (!HexFormat.isHexDigit(c)) {
				return null;
			}
			nonZero |= c != '0';
			upperCase |= c >= 'A' && c <= 'F';
		}
		if (!nonZero) {
			return null;
		}
		return upperCase ? id.toLowerCase(Locale.ROOT) : id;
	}

}
