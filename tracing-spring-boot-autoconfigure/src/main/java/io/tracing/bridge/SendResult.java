// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What an answer of the backend means for the records that were sent, by the rules of
 * <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp-response">OTLP/HTTP</a>.
 */
sealed interface SendResult {

	/**
	 * The records are the backend's. It may have rejected some for good (partial
	 * success), which must not be sent again.
	 *
	 * @param rejected how many records were rejected
	 * @param message what the backend said, if it said something
	 */
	record Accepted(long rejected, @Nullable String message) implements SendResult {
	}

	/**
	 * The backend can't be reached or is overloaded (408, 429, 502, 503, 504, connection
	 * faults, timeouts): the same records are welcome later.
	 *
	 * @param reason what happened
	 * @param retryAfter how long the backend wants to be left alone, if it said so
	 */
	record Unavailable(String reason, @Nullable Duration retryAfter) implements SendResult {
	}

	/**
	 * The request is too large (413): halves may pass.
	 *
	 * @param reason what the backend said
	 */
	record TooLarge(String reason) implements SendResult {
	}

	/**
	 * Something in the request is wrong for good (400 and the 4xx without a meaning of
	 * their own here).
	 *
	 * @param reason what the backend said
	 */
	record Rejected(String reason) implements SendResult {
	}

	/**
	 * The backend failed over it (500 and the 5xx without a meaning of their own here):
	 * worth a few more tries, but a record can be the cause.
	 *
	 * @param reason what the backend said
	 */
	record Failed(String reason) implements SendResult {
	}

	/**
	 * Nothing will pass until somebody changes the configuration (3xx, 401, 403, 404,
	 * 405).
	 *
	 * @param reason what the backend said, and which property to look at
	 */
	record Refused(String reason) implements SendResult {
	}

}
