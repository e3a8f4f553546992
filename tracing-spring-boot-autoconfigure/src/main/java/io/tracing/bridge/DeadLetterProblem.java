// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.concurrent.TimeoutException;

import io.nats.client.JetStreamApiException;

/**
 * Says why dead letters can't be written, and what to change.
 */
final class DeadLetterProblem {

	private static final int INSUFFICIENT_RESOURCES = 10023;

	private static final int STORAGE_RESOURCES_EXCEEDED = 10047;

	private static final int NO_ROOM_IN_STREAM = 10077;

	private static final int SUBJECTS_OVERLAP = 10065;

	private static final int OTHER_STREAM = 10060;

	private DeadLetterProblem() {
	}

	static String describe(Throwable failure, BridgeSettings settings) {
		Throwable cause = failure;
		while (cause.getCause() != null && !(cause instanceof JetStreamApiException)) {
			cause = cause.getCause();
		}
		if (cause instanceof JetStreamApiException api) {
			return describe(api, settings);
		}
		if (cause instanceof TimeoutException) {
			return "the server does not acknowledge them. The user of the connection must be allowed to publish to '"
					+ DeadLetter.SUBJECT_PREFIX + ">'.";
		}
		return "NATS does not take them (" + NatsProblem.message(cause) + ").";
	}

	private static String describe(JetStreamApiException api, BridgeSettings settings) {
		return switch (api.getApiErrorCode()) {
			case JetStreamErrorCodes.STREAM_NOT_FOUND -> "it is not there.";
			case INSUFFICIENT_RESOURCES, STORAGE_RESOURCES_EXCEEDED ->
				"the server has no room for %d bytes more. Lower tracing.bridge.dead-letter.max-size."
					.formatted(settings.deadLetterMaxBytes());
			case NO_ROOM_IN_STREAM -> "it is full, and set to refuse what is new (" + api.getErrorDescription()
					+ "). Replay or delete some of what it has.";
			case SUBJECTS_OVERLAP, OTHER_STREAM -> "another stream has the subjects '" + DeadLetter.SUBJECT_PREFIX
					+ ">'. Name that one with tracing.bridge.dead-letter.stream.";
			default -> api.getErrorDescription() + " [" + api.getApiErrorCode() + "].";
		};
	}

}
