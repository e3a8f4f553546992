// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of what can't be exported. A record counts as a dead letter when the stream
 * has it: until then the message that it came in is not settled.
 */
final class DeadLetterStream {

	private static final Logger logger = LoggerFactory.getLogger(DeadLetterStream.class);

	/**
	 * The server tells here of messages that it gives up. The stream keeps that as well,
	 * so that it is heard by a bridge that was not there at the time.
	 */
	static final String ADVISORIES = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.";

	private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(5);

	/** JetStream stores no more. */
	private static final int MAX_HEADERS = 64 * 1024 - 1;

	/** Room for the headers that a dead letter has more than the record had. */
	private static final int HEADER_ROOM = 2_048;

	private final Supplier<Connection> connection;

	private final BridgeSettings settings;

	// Several can alternate, such as one of creating the stream and one of writing to it.
	private final Set<String> problems = ConcurrentHashMap.newKeySet();

	DeadLetterStream(Supplier<Connection> connection, BridgeSettings settings) {
		this.connection = connection;
		this.settings = settings;
	}

	/**
	 * Create the stream if it is missing. It is never altered. What can't be created now
	 * may be there when it is needed, and the good records don't need it.
	 */
	void createIfMissing() {
		try {
			createIfMissing(this.connection.get().jetStreamManagement());
		}
		catch (IOException | JetStreamApiException | RuntimeException ex) {
			failed(ex);
		}
	}

	void createIfMissing(JetStreamManagement management) throws IOException, JetStreamApiException {
		try {
			management.getStreamInfo(this.settings.deadLetterStream());
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() != JetStreamErrorCodes.STREAM_NOT_FOUND) {
				throw ex;
			}
			management.addStream(StreamConfiguration.builder()
				.name(this.settings.deadLetterStream())
				.subjects(DeadLetter.SUBJECT_PREFIX + ">", ADVISORIES + this.settings.stream() + ".*")
				.retentionPolicy(RetentionPolicy.Limits)
				.storageType(StorageType.File)
				.maxAge(this.settings.deadLetterMaxAge())
				.maxBytes(this.settings.deadLetterMaxBytes())
				.build());
		}
	}

	/** What keeps dead letters from being written, if something does. */
	@Nullable String problem() {
		return this.problems.stream().findFirst().orElse(null);
	}

	/**
	 * Write dead letters, and return when the stream has them all. Tries again until it
	 * succeeds.
	 */
	void write(List<DeadLetter> letters) throws InterruptedException {
		List<DeadLetter> left = tryToWrite(letters);
		while (!left.isEmpty()) {
			TimeUnit.MILLISECONDS.sleep(this.settings.firstBackoff().toMillis());
			// Somebody may have deleted it.
			createIfMissing();
			left = tryToWrite(left);
		}
		if (!this.problems.isEmpty()) {
			this.problems.clear();
			logger.info("Dead letters are written to stream '{}' again.", this.settings.deadLetterStream());
		}
	}

	private List<DeadLetter> tryToWrite(List<DeadLetter> letters) throws InterruptedException {
		List<CompletableFuture<PublishAck>> acks = new ArrayList<>(letters.size());
		try {
			Connection connection = this.connection.get();
			JetStream stream = connection.jetStream();
			for (DeadLetter letter : letters) {
				acks.add(publish(stream, letter, connection.getServerInfo().getMaxPayload()));
			}
		}
		catch (IOException | RuntimeException ex) {
			failed(ex);
		}
		List<DeadLetter> left = new ArrayList<>();
		long limit = System.nanoTime() + ACKNOWLEDGED_WITHIN.toNanos();
		for (int i = 0; i < letters.size(); i++) {
			if (i >= acks.size() || !isStored(acks.get(i), limit)) {
				left.add(letters.get(i));
			}
		}
		return left;
	}

	private boolean isStored(CompletableFuture<PublishAck> ack, long limit) throws InterruptedException {
		try {
			ack.get(Math.max(0, limit - System.nanoTime()), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (ExecutionException | TimeoutException | CancellationException ex) {
			failed(ex);
			return false;
		}
	}

	private void failed(Exception failure) {
		String next = DeadLetterProblem.describe(failure, this.settings);
		if (this.problems.add(next)) {
			logger.warn("Dead letters can't be written to stream '{}', and the messages stay in stream '{}': {}",
					this.settings.deadLetterStream(), this.settings.stream(), next);
		}
	}

	private CompletableFuture<PublishAck> publish(JetStream stream, DeadLetter letter, long maxPayload) {
		Headers headers = letter.deadLetterHeaders();
		if (headers.serializedLength() + HEADER_ROOM > Math.min(maxPayload, MAX_HEADERS)) {
			headers = letter.ownHeaders();
			headers.put(DeadLetter.HEADERS_HEADER, "omitted");
		}
		byte[] body = letter.body();
		long room = maxPayload - headers.serializedLength() - HEADER_ROOM;
		if (body.length > room) {
			body = gzip(body);
			headers.put(DeadLetter.BODY_HEADER, "gzip");
			if (body.length > room) {
				body = new byte[0];
				headers.put(DeadLetter.BODY_HEADER, "omitted");
			}
		}
		PublishOptions options = PublishOptions.builder()
			.messageId(letter.messageId())
			.expectedStream(this.settings.deadLetterStream())
			.build();
		return stream.publishAsync(
				NatsMessage.builder().subject(letter.deadLetterSubject()).headers(headers).data(body).build(), options);
	}

	private static byte[] gzip(byte[] body) {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(body);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("memory can't be written", ex);
		}
		return compressed.toByteArray();
	}

}
