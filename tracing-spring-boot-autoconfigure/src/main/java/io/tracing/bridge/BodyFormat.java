// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.Locale;

import io.tracing.telemetry.wire.MalformedRecordException;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a message is.
 */
enum BodyFormat {

	/** An encoded export request. */
	OTLP,

	/** A record that is JSON. */
	JSON;

	private static final String PROTOBUF = "application/x-protobuf";

	// The only field of a request, of which there is at least one.
	private static final byte FIRST_OF_REQUEST = 0x0A;

	/**
	 * Find out the format of a message.
	 * @param contentType the header {@code Content-Type}, if there is one
	 * @param body the body
	 * @param requests what a request is for the signal of the message
	 * @return the format
	 * @throws MalformedRecordException if the body is of no format
	 */
	static BodyFormat of(@Nullable String contentType, byte[] body, EncodedRequests requests)
			throws MalformedRecordException {
		if (contentType != null && isProtobuf(contentType)) {
			return OTLP;
		}
		// A request can look like the start of a JSON object behind a line feed.
		if (body.length > 0 && body[0] == FIRST_OF_REQUEST && isRequest(body, requests)) {
			return OTLP;
		}
		for (byte c : body) {
			if (c == '{') {
				return JSON;
			}
			if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
				break;
			}
		}
		throw new MalformedRecordException("the body is neither a JSON object nor an export request of OTLP");
	}

	private static boolean isProtobuf(String contentType) {
		int end = contentType.indexOf(';');
		String type = (end < 0) ? contentType : contentType.substring(0, end);
		return type.strip().toLowerCase(Locale.ROOT).equals(PROTOBUF);
	}

	private static boolean isRequest(byte[] body, EncodedRequests requests) {
		try {
			requests.count(body);
			return true;
		}
		catch (MalformedRecordException ex) {
			return false;
		}
	}

}
