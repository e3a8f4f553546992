// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON object as bytes. Doubles have a point or an exponent, so that who reads
 * them can tell them from integers; a double that JSON has no number for is the string
 * that names it.
 */
final class JsonWriter {

	private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

	// Leaves room for the objects around it.
	private static final int MAX_DEPTH = JsonParser.MAX_DEPTH - 8;

	private byte[] json = new byte[512];

	private int length;

	byte[] toBytes() {
		return Arrays.copyOf(this.json, this.length);
	}

	int length() {
		return this.length;
	}

	/** Begin an object or a list. */
	JsonWriter begin(char bracket) {
		separate();
		return write(bracket);
	}

	JsonWriter end(char bracket) {
		return write(bracket);
	}

	JsonWriter field(String name, String value) {
		return name(name).string(value);
	}

	/** Write a field, unless it is empty. */
	JsonWriter optionalField(String name, String value) {
		return value.isEmpty() ? this : field(name, value);
	}

	JsonWriter field(String name, Number value) {
		return name(name).value(value, 0);
	}

	/** Write the fields of a map, unless it is empty. What has no name is left out. */
	JsonWriter optionalField(String name, Map<String, ?> values, int limit) {
		return values.isEmpty() ? this : name(name).map(values, limit, 0);
	}

	JsonWriter name(String name) {
		return string(name).write(':');
	}

	private JsonWriter map(Map<String, ?> values, int limit, int depth) {
		begin('{');
		int written = 0;
		for (Map.Entry<String, ?> entry : values.entrySet()) {
			if (!entry.getKey().isEmpty() && written++ < limit) {
				name(entry.getKey()).value(entry.getValue(), depth + 1);
			}
		}
		return end('}');
	}

	private JsonWriter value(@Nullable Object value, int depth) {
		if (value instanceof String text) {
			return string(text);
		}
		if (value instanceof Long || value instanceof Integer || value instanceof Boolean) {
			separate();
			return ascii(value.toString());
		}
		if (value instanceof Number number) {
			return floating(number.doubleValue());
		}
		if (value instanceof byte[] bytes) {
			return string(Base64.getEncoder().encodeToString(bytes));
		}
		if (depth < MAX_DEPTH && value instanceof List<?> list) {
			begin('[');
			list.forEach((element) -> value(element, depth + 1));
			return end(']');
		}
		if (depth < MAX_DEPTH && value instanceof Map<?, ?> map) {
			return map(withNames(map), Integer.MAX_VALUE, depth);
		}
		separate();
		return ascii("null");
	}

	@SuppressWarnings("unchecked")
	private static Map<String, ?> withNames(Map<?, ?> map) {
		return (Map<String, ?>) map;
	}

	private JsonWriter floating(double value) {
		if (!Double.isFinite(value)) {
			return string(Double.toString(value));
		}
		separate();
		return ascii(Double.toString(value));
	}

	private JsonWriter string(String text) {
		separate();
		write('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < ' ' || c == '"' || c == '\\') {
				escape(c);
			}
			else if (c < 0x80) {
				write(c);
			}
			else {
				i = other(text, i);
			}
		}
		return write('"');
	}

	private void escape(char c) {
		write('\\');
		switch (c) {
			case '"', '\\' -> write(c);
			case '\n' -> write('n');
			case '\r' -> write('r');
			case '\t' -> write('t');
			default -> ascii("u00").write((char) HEX[c >> 4]).write((char) HEX[c & 0xf]);
		}
	}

	/** Write what is not ASCII, and return the index of its last char. */
	private int other(String text, int index) {
		int codePoint = text.codePointAt(index);
		if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
			codePoint = '\uFFFD';
		}
		for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
			write((char) (b & 0xff));
		}
		return index + Character.charCount(codePoint) - 1;
	}

	private JsonWriter ascii(String text) {
		for (int i = 0; i < text.length(); i++) {
			write(text.charAt(i));
		}
		return this;
	}

	/** Write a comma, unless it is the first of an object or list, or has a name. */
	private void separate() {
		if (this.length > 0) {
			byte last = this.json[this.length - 1];
			if (last != '{' && last != '[' && last != ':') {
				write(',');
			}
		}
	}

	private JsonWriter write(char c) {
		if (this.length == this.json.length) {
			this.json = Arrays.copyOf(this.json, 2 * this.length);
		}
		this.json[this.length++] = (byte) c;
		return this;
	}

}
