// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.KafkaBackoffException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.listener.TimestampedException;

/**
 * Finds the user's exception in what Spring Kafka throws, and tells what is no error.
 */
final class KafkaErrors {

	// Bounds the walk: nothing keeps an exception from being its own cause's cause.
	private static final int MAX_DEPTH = 16;

	private KafkaErrors() {
	}

	/**
	 * Take off the wrappers: on a retry topic, the user's exception lies inside a
	 * {@code ListenerExecutionFailedException} inside a {@code TimestampedException}
	 * inside another.
	 */
	static Throwable unwrap(Throwable error) {
		Throwable unwrapped = error;
		for (int depth = 0; depth < MAX_DEPTH && isWrapper(unwrapped); depth++) {
			Throwable cause = cause(unwrapped);
			if (cause == null) {
				break;
			}
			unwrapped = cause;
		}
		return unwrapped;
	}

	private static boolean isWrapper(Throwable error) {
		return error instanceof ListenerExecutionFailedException || error instanceof TimestampedException
				|| error instanceof BatchListenerFailedException;
	}

	/**
	 * What says at which record of a batch the listener failed, {@code null} if nothing
	 * does.
	 */
	static @Nullable BatchListenerFailedException batchListenerFailed(Throwable error) {
		Throwable candidate = error;
		for (int depth = 0; depth < MAX_DEPTH && candidate != null; depth++) {
			if (candidate instanceof BatchListenerFailedException failure) {
				return failure;
			}
			candidate = cause(candidate);
		}
		return null;
	}

	private static @Nullable Throwable cause(Throwable error) {
		try {
			return error.getCause();
		}
		catch (Throwable ex) {
			// A subclass of the user's can throw here: then there is nothing inside.
			return null;
		}
	}

	/**
	 * Whether the record was not processed because its retry is not due yet.
	 */
	static boolean isBackOff(Throwable error) {
		return unwrap(error) instanceof KafkaBackoffException;
	}

}
