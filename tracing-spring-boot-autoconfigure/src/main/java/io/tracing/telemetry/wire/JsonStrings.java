// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.nio.charset.StandardCharsets;

/**
 * The strings of one JSON text. Nearly all of them are ASCII without escapes, and are
 * copied as they are. What is no UTF-8, and half a surrogate pair, becomes U+FFFD, as in
 * the decoder of the producers' language.
 */
final class JsonStrings {

	private static final int UNICODE_DIGITS = 4;

	private static final char REPLACEMENT = '\uFFFD';

	private final byte[] json;

	private int end;

	JsonStrings(byte[] json) {
		this.json = json;
	}

	/**
	 * Where the string that was read last ends: the position behind its quote.
	 */
	int end() {
		return this.end;
	}

	/**
	 * Read the name of a field, which was read before most likely.
	 * @param start the position behind the opening quote
	 */
	String name(int start) throws MalformedRecordException {
		int hash = 0;
		int i = start;
		while (this.json[i] != '"') {
			byte c = this.json[i++];
			if (c < ' ' || c == '\\') {
				return string(start);
			}
			hash = 31 * hash + c;
		}
		this.end = i + 1;
		return JsonNames.get(this.json, start, i, hash);
	}

	/**
	 * Read a string.
	 * @param start the position behind the opening quote
	 */
	String string(int start) throws MalformedRecordException {
		boolean ascii = true;
		boolean escapes = false;
		int i = start;
		byte c = this.json[i];
		while (c != '"') {
			if (c < ' ') {
				if (c >= 0) {
					throw new MalformedRecordException("not a JSON object: control character in the string at " + i);
				}
				ascii = false;
			}
			else if (c == '\\') {
				escapes = true;
				i++;
			}
			c = this.json[++i];
		}
		this.end = i + 1;
		if (escapes) {
			return unescape(start, i);
		}
		return new String(this.json, start, i - start, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
	}

	private String unescape(int start, int end) throws MalformedRecordException {
		StringBuilder text = new StringBuilder(end - start);
		int plain = start;
		int i = start;
		while (i < end) {
			if (this.json[i] != '\\') {
				i++;
				continue;
			}
			text.append(new String(this.json, plain, i - plain, StandardCharsets.UTF_8));
			char escape = (char) this.json[i + 1];
			text.append((escape == 'u') ? unicode(i + 2) : simple(escape, i));
			i += (escape == 'u') ? 2 + UNICODE_DIGITS : 2;
			plain = i;
		}
		text.append(new String(this.json, plain, end - plain, StandardCharsets.UTF_8));
		return withoutLoneSurrogates(text);
	}

	private static char simple(char escape, int position) throws MalformedRecordException {
		return switch (escape) {
			case '"', '\\', '/' -> escape;
			case 'b' -> '\b';
			case 'f' -> '\f';
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			default -> throw new MalformedRecordException("not a JSON object: unknown escape at " + position);
		};
	}

	private char unicode(int from) throws MalformedRecordException {
		int c = 0;
		for (int i = from; i < from + UNICODE_DIGITS; i++) {
			// Not Character.digit of a char: that takes the digits of other scripts as
			// well.
			int digit = (this.json[i] > 0) ? Character.digit(this.json[i], 16) : -1;
			if (digit < 0) {
				throw new MalformedRecordException("not a JSON object: unknown escape at " + (from - 2));
			}
			c = c << 4 | digit;
		}
		return (char) c;
	}

	private static String withoutLoneSurrogates(StringBuilder text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (!Character.isSurrogate(c)) {
				continue;
			}
			if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
				i++;
			}
			else {
				text.setCharAt(i, REPLACEMENT);
			}
		}
		return text.toString();
	}

}
