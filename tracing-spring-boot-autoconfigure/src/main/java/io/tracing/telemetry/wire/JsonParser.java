// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object from its bytes: objects as maps, lists as lists, strings, numbers
 * as {@code Long} or {@code Double} by the way they are written, booleans, {@code null}.
 * Takes exactly what RFC 8259 takes and bounds all that the sender chooses: how much, how
 * deep, how many.
 * <p>
 * Not a library's parser: the records are shared with programs that have none, and these
 * few types are read in the time that a general parser needs to find out what it shall
 * build.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
final class JsonParser {

	static final int MAX_SIZE = 10 * 1024 * 1024;

	static final int MAX_DEPTH = 64;

	// A list costs ten times the two bytes that it takes in JSON.
	private static final int MAX_VALUES = 1_000_000;

	private final byte[] json;

	private final JsonStrings strings;

	private int position;

	private int values;

	JsonParser(byte[] json) {
		this.json = json;
		this.strings = new JsonStrings(json);
	}

	Map<String, @Nullable Object> parse() throws MalformedRecordException {
		if (this.json.length > MAX_SIZE) {
			throw new MalformedRecordException(
					"a record must not have more than %d bytes, and has %d".formatted(MAX_SIZE, this.json.length));
		}
		try {
			if (next() != '{') {
				throw unexpected();
			}
			this.position++;
			Map<String, @Nullable Object> object = object(1);
			for (; this.position < this.json.length; this.position++) {
				if (!isSpace(this.json[this.position])) {
					throw unexpected();
				}
			}
			return object;
		}
		catch (ArrayIndexOutOfBoundsException ex) {
			throw new MalformedRecordException("the JSON object ends in the middle");
		}
	}

	private @Nullable Object value(int depth) throws MalformedRecordException {
		if (++this.values > MAX_VALUES) {
			throw new MalformedRecordException("a record must not have more than " + MAX_VALUES + " values");
		}
		byte first = next();
		switch (first) {
			case '"':
				return string();
			case '{':
				this.position++;
				return object(nested(depth));
			case '[':
				this.position++;
				return list(nested(depth));
			case 't':
				skip("true");
				return Boolean.TRUE;
			case 'f':
				skip("false");
				return Boolean.FALSE;
			case 'n':
				skip("null");
				return null;
			default:
				return number();
		}
	}

	private static int nested(int depth) throws MalformedRecordException {
		if (depth == MAX_DEPTH) {
			throw new MalformedRecordException("a record must not nest deeper than " + MAX_DEPTH);
		}
		return depth + 1;
	}

	private Map<String, @Nullable Object> object(int depth) throws MalformedRecordException {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		if (next() == '}') {
			this.position++;
			return object;
		}
		while (true) {
			if (next() != '"') {
				throw unexpected();
			}
			String name = this.strings.name(this.position + 1);
			this.position = this.strings.end();
			if (next() != ':') {
				throw unexpected();
			}
			this.position++;
			object.put(name, value(depth));
			if (isLast('}')) {
				return object;
			}
		}
	}

	private List<@Nullable Object> list(int depth) throws MalformedRecordException {
		List<@Nullable Object> list = new ArrayList<>();
		if (next() == ']') {
			this.position++;
			return list;
		}
		do {
			list.add(value(depth));
		}
		while (!isLast(']'));
		return list;
	}

	private boolean isLast(char end) throws MalformedRecordException {
		byte c = next();
		if (c != ',' && c != end) {
			throw unexpected();
		}
		this.position++;
		return c == end;
	}

	private String string() throws MalformedRecordException {
		String string = this.strings.string(this.position + 1);
		this.position = this.strings.end();
		return string;
	}

	private Number number() throws MalformedRecordException {
		int start = this.position;
		if (this.json[this.position] == '-') {
			this.position++;
		}
		int first = this.position;
		long value = digits();
		if (this.json[first] == '0' && this.position > first + 1) {
			throw unexpected();
		}
		boolean whole = true;
		if (this.json[this.position] == '.') {
			this.position++;
			digits();
			whole = false;
		}
		if ((this.json[this.position] | 0x20) == 'e') {
			this.position++;
			if (this.json[this.position] == '+' || this.json[this.position] == '-') {
				this.position++;
			}
			digits();
			whole = false;
		}
		// What has 18 digits has not overflowed.
		if (whole && this.position - first <= 18) {
			return (first == start) ? value : -value;
		}
		return JsonNumbers.parse(new String(this.json, start, this.position - start, StandardCharsets.ISO_8859_1),
				whole);
	}

	private long digits() throws MalformedRecordException {
		int start = this.position;
		long value = 0;
		byte c = this.json[start];
		while (c >= '0' && c <= '9') {
			value = value * 10 + c - '0';
			c = this.json[++this.position];
		}
		if (this.position == start) {
			throw unexpected();
		}
		return value;
	}

	private void skip(String word) throws MalformedRecordException {
		for (int i = 0; i < word.length(); i++) {
			if (this.json[this.position] != word.charAt(i)) {
				throw unexpected();
			}
			this.position++;
		}
	}

	/** The next byte that is no white space, which is not consumed. */
	private byte next() {
		byte c = this.json[this.position];
		while (isSpace(c)) {
			c = this.json[++this.position];
		}
		return c;
	}

	private static boolean isSpace(byte c) {
		return c == ' ' || c == '\n' || c == '\r' || c == '\t';
	}

	private MalformedRecordException unexpected() {
		return new MalformedRecordException("not a JSON object: unexpected byte at " + this.position);
	}

}
