// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.IncomingHeadersProcessor;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import org.jspecify.annotations.Nullable;

/**
 * A message as the stream has it. Asked for as JSON, where headers that the client can't
 * read do no harm.
 *
 * @param sequence its place in the stream
 * @param subject the subject that it was published to
 * @param headers its headers; those that can't be read are made so
 * @param defect why its headers can't be read, or {@code null} if they can
 * @param body its bytes
 * @param stored when it was stored
 */
record StoredMessage(long sequence, String subject, @Nullable Headers headers, @Nullable String defect, byte[] body,
		String stored) {

	private static final String API = "$JS.API.STREAM.MSG.GET.";

	private static final Duration LIMIT = Duration.ofSeconds(5);

	/**
	 * Return a message.
	 * @return the message, or {@code null} if it is not there any more
	 */
	static @Nullable StoredMessage get(Connection connection, String stream, long sequence)
			throws IOException, InterruptedException {
		return request(connection, stream, "{\"seq\":%d}".formatted(sequence));
	}

	/**
	 * Return the first message with a subject of a filter.
	 * @param first where to begin
	 * @return the message, or {@code null} if there is none
	 */
	static @Nullable StoredMessage next(Connection connection, String stream, long first, String filter)
			throws IOException, InterruptedException {
		return request(connection, stream, "{\"seq\":%d,\"next_by_subj\":\"%s\"}".formatted(first, filter));
	}

	private static @Nullable StoredMessage request(Connection connection, String stream, String request)
			throws IOException, InterruptedException {
		Message answer = connection.request(API + stream, request.getBytes(StandardCharsets.UTF_8), LIMIT);
		if (answer == null) {
			throw new IOException("no answer to the request for a message");
		}
		try {
			JsonValue json = JsonParser.parse(answer.getData());
			JsonValue message = JsonValueUtils.readValue(json, "message");
			return (message != null) ? of(message) : null;
		}
		catch (JsonParseException ex) {
			throw new IOException("the answer to the request for a message is no JSON", ex);
		}
	}

	private static StoredMessage of(JsonValue message) {
		byte[] headers = bytes(message, "hdrs");
		long sequence = JsonValueUtils.readLong(message, "seq", 0);
		String subject = JsonValueUtils.readString(message, "subject", "");
		String stored = Instant.parse(JsonValueUtils.readString(message, "time", "")).toString();
		try {
			return new StoredMessage(sequence, subject,
					(headers.length > 0) ? new IncomingHeadersProcessor(headers).getHeaders() : null, null,
					bytes(message, "data"), stored);
		}
		catch (IllegalArgumentException ex) {
			return new StoredMessage(sequence, subject, readable(headers), ex.getMessage(), bytes(message, "data"),
					stored);
		}
	}

	private static byte[] bytes(JsonValue message, String name) {
		return Base64.getDecoder().decode(JsonValueUtils.readString(message, name, ""));
	}

	private static Headers readable(byte[] encoded) {
		Headers headers = new Headers();
		for (String line : new String(encoded, StandardCharsets.UTF_8).split("\r\n")) {
			int colon = line.indexOf(':');
			String name = line.substring(0, Math.max(0, colon));
			if (name.matches("[!-9;-~]+")) {
				headers.add(name, line.substring(colon + 1).strip().replaceAll("[^ -~]", "?"));
			}
		}
		return headers;
	}

}
