// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.HexFormat;
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

	private static final String LOWER_CASE_PREFIX = HEADER_PREFIX.toLowerCase(Locale.ROOT);

	private static final String SUBJECT_HEADER = HEADER_PREFIX + "Subject";

	/**
	 * Says that the body did not fit beside its new headers: {@code gzip} or
	 * {@code omitted}.
	 */
	static final String BODY_HEADER = HEADER_PREFIX + "Body";

	/** Says that the record's own headers did not fit: {@code omitted}. */
	static final String HEADERS_HEADER = HEADER_PREFIX + "Headers";

	private static final int MAX_ERROR_LENGTH = 500;

	static DeadLetter of(HeldMessage message, byte[] body, DeadLetterReason reason, String error) {
		Message delivery = message.delivery();
		NatsJetStreamMetaData metaData = delivery.metaData();
		return new DeadLetter(delivery.getSubject(), delivery.getHeaders(), body, reason, error, metaData.getStream(),
				metaData.streamSequence(), metaData.deliveredCount(), stored(metaData.timestamp()));
	}

	/** The time is a part of {@link #messageId()}, and comes from more than one place. */
	static String stored(ZonedDateTime time) {
		return time.toInstant().toString();
	}

	/** The subject of the dead letter. */
	String deadLetterSubject() {
		Signal signal = Signal.ofSubject(this.subject);
		return SUBJECT_PREFIX + ((signal != null) ? signal.text() : "unknown");
	}

	/**
	 * Written twice, because nobody heard that it was, it is kept once. With the time of
	 * storing, because the sequence of a stream that was made anew starts again.
	 */
	String messageId() {
		CRC32 checksum = new CRC32();
		checksum.update(this.body);
		return this.stream + "." + this.sequence + "." + this.stored + "." + Long.toHexString(checksum.getValue());
	}

	/** The headers of the record, and those that say what became of it. */
	Headers deadLetterHeaders() {
		Headers all = ownHeaders();
		if (this.headers != null) {
			this.headers.forEach((name, values) -> {
				if (isOfTheRecord(name)) {
					all.add(name, values);
				}
			});
		}
		return all;
	}

	/**
	 * The server acts upon its own: some make it refuse, or delete, messages. And a
	 * record that says of itself that it is a dead letter would mislead the replay.
	 */
	static boolean isOfTheRecord(String header) {
		String name = header.toLowerCase(Locale.ROOT);
		return !name.startsWith("nats-") && !name.startsWith(LOWER_CASE_PREFIX);
	}

	/** The headers that say what became of it. */
	Headers ownHeaders() {
		Headers all = new Headers();
		all.put(SUBJECT_HEADER, encode(this.subject));
		all.put(HEADER_PREFIX + "Reason", this.reason.text());
		all.put(HEADER_PREFIX + "Error", printable(this.error));
		all.put(HEADER_PREFIX + "Stream", this.stream);
		all.put(HEADER_PREFIX + "Sequence", Long.toString(this.sequence));
		all.put(HEADER_PREFIX + "Deliveries", Long.toString(this.deliveries));
		all.put(HEADER_PREFIX + "Stored", this.stored);
		all.put(HEADER_PREFIX + "Time", Instant.now().toString());
		return all;
	}

	/**
	 * Return where a dead letter was published to.
	 * @return the subject, or {@code null} if it is no dead letter of a bridge
	 */
	static @Nullable String originalSubject(Headers headers) {
		String subject = headers.getFirst(SUBJECT_HEADER);
		// A plus sign stands for itself in a subject.
		return (subject != null) ? URLDecoder.decode(subject.replace("+", "%2B"), StandardCharsets.UTF_8) : null;
	}

	/** A subject may have letters that a header may not, and is needed as it was. */
	private static String encode(String subject) {
		StringBuilder encoded = new StringBuilder(subject.length());
		for (byte b : subject.getBytes(StandardCharsets.UTF_8)) {
			if (b > ' ' && b <= '~' && b != '%') {
				encoded.append((char) b);
			}
			else {
				encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
			}
		}
		return encoded.toString();
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
