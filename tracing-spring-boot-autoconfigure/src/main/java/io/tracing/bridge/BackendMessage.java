// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a backend says about a request, made fit for a log.
 */
final class BackendMessage {

	private static final int MAX_LENGTH = 200;

	// White space shrinks, and secrets that are cut at the end are not recognised: what
	// is
	// kept ends long before.
	private static final int MAX_TEXT = 16 * 1024;

	// 'message' of google.rpc.Status.
	private static final int STATUS_MESSAGE = (2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

	private BackendMessage() {
	}

	/**
	 * Read the body of an error: a {@code google.rpc.Status} by the specification, any
	 * text in practice.
	 * @param contentType what the answer says that it is
	 * @param body the body
	 * @param censor takes out what nobody may read, before the text is cut
	 * @return the message, or {@code null} if there is none to read
	 */
	static @Nullable String ofError(String contentType, byte[] body, UnaryOperator<String> censor) {
		String text = contentType.contains("protobuf") ? statusMessage(body)
				: new String(body, 0, Math.min(body.length, MAX_TEXT), StandardCharsets.UTF_8);
		return readable(censor.apply(text));
	}

	private static String statusMessage(byte[] body) {
		try {
			CodedInputStream input = CodedInputStream.newInstance(body);
			for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
				if (tag == STATUS_MESSAGE) {
					return input.readString();
				}
				input.skipField(tag);
			}
			return "";
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Make a text fit for a log.
	 * @param text the text
	 * @return the text in one line and not too long, or {@code null} if it is blank or
	 * binary
	 */
	static @Nullable String readable(@Nullable String text) {
		if (text == null) {
			return null;
		}
		String line = text.replaceAll("\\s+", " ").trim();
		if (line.isEmpty() || looksBinary(line)) {
			return null;
		}
		return (line.length() > MAX_LENGTH) ? line.substring(0, MAX_LENGTH) + "..." : line;
	}

	private static boolean looksBinary(String line) {
		// The last character may be half of what was cut off.
		return line.chars()
			.limit(Math.min(line.length() - 1, MAX_LENGTH))
			.anyMatch((character) -> character == '\uFFFD' || Character.isISOControl(character));
	}

}
