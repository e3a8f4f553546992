// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * One field of a JSON object, found in its bytes. A parser would build the whole object
 * and write another one, with other white space and other numbers; this changes the field
 * and not a byte beside it. Everything that is not exactly one JSON object is left alone.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
final class JsonField {

	// A body that nests deeper is hostile.
	private static final int MAX_DEPTH = 64;

	private static final String ESCAPES = "\"\\/bfnrtu";

	private static final int HEX_DIGITS = 4;

	private final byte[] json;

	private final byte[] name;

	private int position;

	private int firstField = -1;

	private boolean empty = true;

	private boolean ascii = true;

	private int valueStart = -1;

	private int valueEnd = -1;

	private JsonField(byte[] json, String name) {
		this.json = json;
		this.name = ('"' + name + '"').getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Look for a field.
	 * @param json the text
	 * @param name the name of the field, which needs no escapes in JSON
	 * @return where it is or could be put, {@code null} if the text is no JSON object, or
	 * if the field is there twice or is no string
	 */
	static @Nullable JsonField find(byte[] json, String name) {
		JsonField field = new JsonField(json, name);
		try {
			return (field.readObject() && field.isUtf8()) ? field : null;
		}
		catch (IndexOutOfBoundsException ex) {
			// It ends in the middle.
			return null;
		}
	}

	/**
	 * The value of the field, {@code null} if it is not there or has escapes.
	 */
	@Nullable String text() {
		if (this.valueStart < 0) {
			return null;
		}
		String text = new String(this.json, this.valueStart + 1, this.valueEnd - this.valueStart - 2,
				StandardCharsets.UTF_8);
		return (text.indexOf('\\') < 0) ? text : null;
	}

	/**
	 * The object with another value of the field.
	 * @param value the value, which needs no escapes in JSON
	 */
	byte[] with(String value) {
		if (this.valueStart >= 0) {
			return splice(this.valueStart, this.valueEnd, '"' + value + '"');
		}
		String field = new String(this.name, StandardCharsets.UTF_8) + ":\"" + value + '"';
		return splice(this.firstField, this.firstField, this.empty ? field : field + ',');
	}

	private byte[] splice(int from, int to, String text) {
		byte[] inserted = text.getBytes(StandardCharsets.UTF_8);
		byte[] result = Arrays.copyOf(this.json, this.json.length - (to - from) + inserted.length);
		System.arraycopy(inserted, 0, result, from, inserted.length);
		System.arraycopy(this.json, to, result, from + inserted.length, this.json.length - to);
		return result;
	}

	private boolean isUtf8() {
		if (this.ascii) {
			return true;
		}
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(this.json));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

	private boolean readObject() {
		skipSpace();
		if (!accept('{')) {
			return false;
		}
		this.firstField = this.position;
		skipSpace();
		this.empty = this.json[this.position] == '}';
		if (!this.empty && !readFields()) {
			return false;
		}
		if (!accept('}')) {
			return false;
		}
		while (this.position < this.json.length) {
			if (!isSpace(this.json[this.position++])) {
				return false;
			}
		}
		return true;
	}

	private boolean readFields() {
		do {
			skipSpace();
			int nameStart = this.position;
			if (!skipString()) {
				return false;
			}
			if (hasEscape(nameStart)) {
				// It may be the field under another spelling.
				return false;
			}
			boolean wanted = Arrays.equals(this.json, nameStart, this.position, this.name, 0, this.name.length);
			skipSpace();
			if (!accept(':')) {
				return false;
			}
			skipSpace();
			int start = this.position;
			if (!skipValue(1)) {
				return false;
			}
			if (wanted) {
				if (this.valueStart >= 0 || this.json[start] != '"') {
					return false;
				}
				this.valueStart = start;
				this.valueEnd = this.position;
			}
			skipSpace();
		}
		while (accept(','));
		return true;
	}

	private boolean hasEscape(int start) {
		for (int i = start; i < this.position; i++) {
			if (this.json[i] == '\\') {
				return true;
			}
		}
		return false;
	}

	private boolean skipValue(int depth) {
		return switch (this.json[this.position]) {
			case '"' -> skipString();
			case '{' -> depth < MAX_DEPTH && skipMembers(depth, '}');
			case '[' -> depth < MAX_DEPTH && skipMembers(depth, ']');
			case 't' -> skipWord("true");
			case 'f' -> skipWord("false");
			case 'n' -> skipWord("null");
			default -> skipNumber();
		};
	}

	private boolean skipMembers(int depth, char end) {
		this.position++;
		skipSpace();
		if (accept(end)) {
			return true;
		}
		do {
			skipSpace();
			if (end == '}') {
				if (!skipString()) {
					return false;
				}
				skipSpace();
				if (!accept(':')) {
					return false;
				}
				skipSpace();
			}
			if (!skipValue(depth + 1)) {
				return false;
			}
			skipSpace();
		}
		while (accept(','));
		return accept(end);
	}

	private boolean skipString() {
		if (!accept('"')) {
			return false;
		}
		while (true) {
			byte next = this.json[this.position++];
			if (next == '"') {
				return true;
			}
			if ((next == '\\') ? !skipEscape() : next >= 0 && next < ' ') {
				return false;
			}
			this.ascii &= next >= 0;
		}
	}

	private boolean skipEscape() {
		byte escaped = this.json[this.position++];
		for (int i = 0; escaped == 'u' && i < HEX_DIGITS; i++) {
			if (Character.digit((int) this.json[this.position++], 16) < 0) {
				return false;
			}
		}
		return ESCAPES.indexOf(escaped) >= 0;
	}

	private boolean skipWord(String word) {
		for (int i = 0; i < word.length(); i++) {
			if (!accept(word.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private boolean skipNumber() {
		accept('-');
		int digits = this.position;
		if (!skipDigits() || (this.json[digits] == '0' && this.position - digits > 1)) {
			return false;
		}
		if (accept('.') && !skipDigits()) {
			return false;
		}
		if (accept('e') || accept('E')) {
			if (!accept('+')) {
				accept('-');
			}
			return skipDigits();
		}
		return true;
	}

	private boolean skipDigits() {
		int start = this.position;
		while (this.json[this.position] >= '0' && this.json[this.position] <= '9') {
			this.position++;
		}
		return this.position > start;
	}

	private boolean accept(char c) {
		if (this.json[this.position] != c) {
			return false;
		}
		this.position++;
		return true;
	}

	private void skipSpace() {
		while (isSpace(this.json[this.position])) {
			this.position++;
		}
	}

	private static boolean isSpace(byte c) {
		return c == ' ' || c == '\n' || c == '\r' || c == '\t';
	}

}
