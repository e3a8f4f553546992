// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.util.regex.Pattern;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusException;
import org.jspecify.annotations.Nullable;

/**
 * Says of a failure of NATS what is wrong and what to change.
 */
final class NatsProblem {

	private static final int JETSTREAM_NOT_ENABLED = 10076;

	private static final int JETSTREAM_NOT_ENABLED_FOR_ACCOUNT = 10039;

	private static final String CONSUMER_DELETED = "Consumer Deleted";

	// The client names the servers that it could not reach, with their passwords.
	private static final Pattern USER_INFO = Pattern.compile("//[^/\\s]*@");

	private NatsProblem() {
	}

	static String describe(Throwable failure, BridgeSettings settings) {
		if (failure instanceof JetStreamApiException api) {
			return switch (api.getApiErrorCode()) {
				case JetStreamErrorCodes.STREAM_NOT_FOUND -> "stream '" + settings.stream()
						+ "' is not there yet. It is created by the first application that exports to it;"
						+ " another one is named by tracing.telemetry.stream.name";
				case JetStreamErrorCodes.CONSUMER_NOT_FOUND -> consumerDeleted(settings);
				case JETSTREAM_NOT_ENABLED, JETSTREAM_NOT_ENABLED_FOR_ACCOUNT ->
					"JetStream is not enabled on the server, or not for this account: start nats-server with -js";
				default -> "JetStream refuses to serve stream '" + settings.stream() + "': " + api.getMessage();
			};
		}
		if (failure instanceof JetStreamStatusException) {
			String status = message(failure);
			return status.contains(CONSUMER_DELETED) ? consumerDeleted(settings)
					: "the server has ended a fetch from stream '" + settings.stream() + "' (" + status + ")";
		}
		if (failure instanceof IOException && !(failure instanceof SilentConnectionException)) {
			return "NATS does not answer (" + message(failure) + ")";
		}
		return message(failure);
	}

	private static String consumerDeleted(BridgeSettings settings) {
		return "a consumer of stream '" + settings.stream()
				+ "' was deleted. It is created anew, and then delivers again what the stream still has.";
	}

	static String message(Throwable failure) {
		@Nullable String message = failure.getMessage();
		return (message != null) ? USER_INFO.matcher(message).replaceAll("//***@") : failure.getClass().getSimpleName();
	}

}
