// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.zip.CRC32;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A record that can't be exported, with its bytes and the reason.
 *
 * @param subject the subject that it was published to
 * @param headers the headers that it was published with
 * @param body its bytes, or those of the part of it that can't be exported
 * @param reason why it can't be exported
 * @param error what the reader or the backend said
 * @param stream the stream that it comes from
 * @param sequence its place in that stream
 * @param deliveries how often it was delivered
 * @param stored when it was stored there
 */
record DeadLetter(String subject, @Nullable Headers headers, byte[] body, DeadLetterReason reason, String error,
		String stream, long sequence, long deliveries, String stored) {

	/**
	 * What the subjects of dead letters begin with: outside of what the bridge drains.
	 */
	static final String SUBJECT_PREFIX = "telemetry-dlq.";

	static final String HEADER_PREFIX = "Dead-Letter-";

	static final String SUBJECT_HEADER = HEADER_PREFIX + "Subject";

	/**
	 * Says that the body did not fit beside its new headers: {@code gzip} or
	 * {@code omitted}.
	 */
	static final String BODY_HEADER = HEADER_PREFIX + "Body";

	private static final int MAX_ERROR_LENGTH = 500;

	static DeadLetter of(HeldMessage message, byte[] body, DeadLetterReason reason, String error) {
		Message delivery = message.delivery();
		NatsJetStreamMetaData metaData = delivery.metaData();
		return new DeadLetter(delivery.getSubject(), delivery.getHeaders(), body, reason, error, metaData.getStream(),
				metaData.streamSequence(), metaData.deliveredCount(), metaData.timestamp().toInstant().toString());
	}

	/** The subject of the dead letter. */
	String deadLetterSubject() {
		Signal signal = Signal.ofSubject(this.subject);
		return SUBJECT_PREFIX + ((signal != null) ? signal.text() : "unknown");
	}

	/** Written twice, because nobody heard that it was, it is kept once. */
	String messageId() {
		CRC32 checksum = new CRC32();
		checksum.update(this.body);
		return this.stream + "." + this.sequence + "." + Long.toHexString(checksum.getValue());
	}

	Headers deadLetterHeaders() {
		Headers all = new Headers();
		if (this.headers != null) {
			this.headers.forEach((name, values) -> {
				// The server acts upon its own: some make it refuse, or delete, messages.
				if (!name.toLowerCase(Locale.ROOT).startsWith("nats-")) {
					all.add(name, values);
				}
			});
		}
		all.put(SUBJECT_HEADER, printable(this.subject));
		all.put(HEADER_PREFIX + "Reason", this.reason.text());
		all.put(HEADER_PREFIX + "Error", printable(this.error));
		all.put(HEADER_PREFIX + "Stream", this.stream);
		all.put(HEADER_PREFIX + "Sequence", Long.toString(this.sequence));
		all.put(HEADER_PREFIX + "Deliveries", Long.toString(this.deliveries));
		all.put(HEADER_PREFIX + "Stored", this.stored);
		all.put(HEADER_PREFIX + "Time", Instant.now().toString());
		return all;
	}

	/** A header is one line of ASCII, and what a backend says can be anything. */
	private static String printable(String text) {
		String line = text.length() > MAX_ERROR_LENGTH ? text.substring(0, MAX_ERROR_LENGTH) : text;
		byte[] ascii = line.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < ascii.length; i++) {
			if (ascii[i] < ' ' || ascii[i] > '~') {
				ascii[i] = ' ';
			}
		}
		return new String(ascii, StandardCharsets.US_ASCII);
	}

}
