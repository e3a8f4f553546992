// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.Base64;
import java.util.HexFormat;

/**
 * The ids of traces and spans, which the formats write in hex and in Base64. Their
 * lengths tell which it is.
 */
final class Ids {

	private static final HexFormat HEX = HexFormat.of();

	private Ids() {
	}

	static String traceId(JsonObject json, String name) throws MalformedRecordException {
		return id(name, json.text(name), 16);
	}

	static String spanId(JsonObject json, String name) throws MalformedRecordException {
		return id(name, json.text(name), 8);
	}

	static String optionalTraceId(JsonObject json, String name) throws MalformedRecordException {
		return json.text(name).isEmpty() ? "" : traceId(json, name);
	}

	static String optionalSpanId(JsonObject json, String name) throws MalformedRecordException {
		return json.text(name).isEmpty() ? "" : spanId(json, name);
	}

	private static String id(String name, String text, int bytes) throws MalformedRecordException {
		String id = text;
		// Base64 makes four characters of three bytes, so the lengths differ.
		if (text.length() == (bytes + 2) / 3 * 4) {
			id = fromBase64(name, text, bytes);
		}
		else if (text.length() != 2 * bytes) {
			throw malformed(name, bytes);
		}
		return checked(name, id, bytes);
	}

	private static String fromBase64(String name, String text, int bytes) throws MalformedRecordException {
		try {
			byte[] id = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
			if (id.length == bytes) {
				return HEX.formatHex(id);
			}
		}
		catch (IllegalArgumentException ex) {
			// It has characters of neither alphabet.
		}
		throw malformed(name, bytes);
	}

	private static String checked(String name, String id, int bytes) throws MalformedRecordException {
		boolean nonZero = false;
		boolean upperCase = false;
		for (int i = 0; i < id.length(); i++) {
			char c = id.charAt(i);
			if (!HexFormat.isHexDigit(c)) {
				throw malformed(name, bytes);
			}
			nonZero |= c != '0';
			upperCase |= c >= 'A' && c <= 'F';
		}
		if (!nonZero) {
			throw new MalformedRecordException("'" + name + "' must not be all zero");
		}
		return upperCase ? HEX.formatHex(HEX.parseHex(id)) : id;
	}

	private static MalformedRecordException malformed(String name, int bytes) {
		return new MalformedRecordException("'" + name + "' must be " + bytes + " bytes in hex or Base64");
	}

}
