// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import io.nats.client.impl.Headers;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to the stream. What can change is known to the publishing thread
 * alone.
 */
final class OutgoingMessage {

	private static final String MESSAGE_ID = "Nats-Msg-Id";

	private static final String CONTENT_TYPE = "Content-Type";

	// The objects around the bytes, in the heap and on the wire.
	private static final int OVERHEAD = 256;

	final long number;

	final Signal signal;

	final String subject;

	final byte[] body;

	final int records;

	final Headers headers;

	int attempts;

	/** Attempts without an answer since the connection came up last. */
	int timeouts;

	long firstPublished;

	long lastPublished;

	/** When it is to be published again, if it is not on its way. */
	long due;

	boolean waitsForRetry;

	boolean settled;

	OutgoingMessage(long number, Signal signal, String subject, byte[] body, int records, String id,
			@Nullable String contentType) {
		this.number = number;
		this.signal = signal;
		this.subject = subject;
		this.body = body;
		this.records = records;
		this.headers = new Headers().put(MESSAGE_ID, id);
		if (contentType != null) {
			this.headers.put(CONTENT_TYPE, contentType);
		}
	}

	int size() {
		return size(this.body);
	}

	static int size(byte[] body) {
		return body.length + OVERHEAD;
	}

}
