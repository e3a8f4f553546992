// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.PublishOptions;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import org.jspecify.annotations.Nullable;

/**
 * Publishes dead letters to the subjects that they came from, as they came, and deletes
 * each when the stream has it again. What fails once more is a dead letter once more.
 */
final class DeadLetterReplay {

	private static final int MESSAGE_NOT_FOUND = 10037;

	private final Connection connection;

	private final BridgeSettings settings;

	DeadLetterReplay(Connection connection, BridgeSettings settings) {
		this.connection = connection;
		this.settings = settings;
	}

	/**
	 * Replay those that are there now.
	 * @param limit the most of them
	 */
	ReplayResult run(int limit) throws IOException, JetStreamApiException {
		JetStreamManagement management = this.connection.jetStreamManagement();
		String stream = this.settings.deadLetterStream();
		// Those that fail again come behind it: a replay ends.
		long last = last(management, stream);
		long sequence = 1;
		int replayed = 0;
		int skipped = 0;
		while (replayed < limit) {
			MessageInfo letter = next(management, stream, sequence);
			if (letter == null || letter.getSeq() > last) {
				return new ReplayResult(replayed, skipped, false);
			}
			sequence = letter.getSeq() + 1;
			if (publish(letter)) {
				management.deleteMessage(stream, letter.getSeq());
				replayed++;
			}
			else {
				skipped++;
			}
		}
		MessageInfo more = next(management, stream, sequence);
		return new ReplayResult(replayed, skipped, more != null && more.getSeq() <= last);
	}

	private static long last(JetStreamManagement management, String stream) throws IOException, JetStreamApiException {
		try {
			return management.getStreamInfo(stream).getStreamState().getLastSequence();
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == JetStreamErrorCodes.STREAM_NOT_FOUND) {
				// It could not be created yet, or was deleted with all that it had.
				return 0;
			}
			throw ex;
		}
	}

	private static @Nullable MessageInfo next(JetStreamManagement management, String stream, long sequence)
			throws IOException, JetStreamApiException {
		try {
			return management.getNextMessage(stream, sequence, DeadLetter.SUBJECT_PREFIX + ">");
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == MESSAGE_NOT_FOUND
					|| ex.getApiErrorCode() == JetStreamErrorCodes.STREAM_NOT_FOUND) {
				return null;
			}
			throw ex;
		}
	}

	private boolean publish(MessageInfo letter) throws IOException, JetStreamApiException {
		Headers headers = Objects.requireNonNullElseGet(letter.getHeaders(), Headers::new);
		String subject = DeadLetter.originalSubject(headers);
		String body = headers.getFirst(DeadLetter.BODY_HEADER);
		if (subject == null || "omitted".equals(body)) {
			return false;
		}
		byte[] data = Objects.requireNonNullElse(letter.getData(), new byte[0]);
		JetStream stream = this.connection.jetStream();
		stream.publish(
				NatsMessage.builder()
					.subject(subject)
					.headers(original(headers))
					.data("gzip".equals(body) ? gunzip(data) : data)
					.build(),
				PublishOptions.builder()
					.expectedStream(this.settings.stream())
					// Replayed by two at the same time, it is stored once.
					.messageId("replay." + letter.getSeq() + "." + letter.getTime())
					.build());
		return true;
	}

	private static Headers original(Headers headers) {
		Headers original = new Headers();
		headers.forEach((name, values) -> {
			if (DeadLetter.isOfTheRecord(name)) {
				original.add(name, values);
			}
		});
		return original;
	}

	private static byte[] gunzip(byte[] data) throws IOException {
		try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(data))) {
			return gzip.readAllBytes();
		}
	}

}
