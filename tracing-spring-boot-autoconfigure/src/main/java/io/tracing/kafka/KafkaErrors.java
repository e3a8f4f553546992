// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import org.springframework.kafka.listener.KafkaBackoffException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.listener.TimestampedException;

/**
 * Finds the user's exception in what Spring Kafka throws, and tells what is no error.
 */
final class KafkaErrors {

	private KafkaErrors() {
	}

	/**
	 * Take off the wrappers: on a retry topic, the user's exception lies inside a
	 * {@code ListenerExecutionFailedException} inside a {@code TimestampedException}
	 * inside another.
	 */
	static Throwable unwrap(Throwable error) {
		Throwable unwrapped = error;
		while (unwrapped instanceof ListenerExecutionFailedException || unwrapped instanceof TimestampedException) {
			Throwable cause = unwrapped.getCause();
			if (cause == null) {
				break;
			}
			unwrapped = cause;
		}
		return unwrapped;
	}

	/**
	 * Whether the record was not processed because its retry is not due yet.
	 */
	static boolean isBackOff(Throwable error) {
		return unwrap(error) instanceof KafkaBackoffException;
	}

}
