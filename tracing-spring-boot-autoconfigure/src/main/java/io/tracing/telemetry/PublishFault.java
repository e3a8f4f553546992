// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.nats.client.JetStreamApiException;
import org.jspecify.annotations.Nullable;

/**
 * What the failed future of a publish says.
 */
final class PublishFault {

	private static final int MESSAGE_TOO_LARGE = 10054;

	private static final int HEADERS_TOO_LARGE = 10097;

	private PublishFault() {
	}

	/**
	 * jnats puts what happened into up to two other exceptions.
	 */
	static Throwable cause(@Nullable Throwable fault) {
		Throwable cause = (fault != null) ? fault : new CancellationException();
		while (cause.getCause() != null && (cause instanceof CompletionException || cause instanceof ExecutionException
				|| cause.getClass() == RuntimeException.class)) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * Whether there was no answer: jnats cancels the future, or lets it time out.
	 */
	static boolean isTimeout(Throwable cause) {
		return cause instanceof CancellationException || cause instanceof TimeoutException;
	}

	/**
	 * Whether the same message will be refused each time.
	 */
	static boolean isTooLarge(JetStreamApiException refused) {
		return refused.getApiErrorCode() == MESSAGE_TOO_LARGE || refused.getApiErrorCode() == HEADERS_TOO_LARGE;
	}

}
