// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

/**
 * What a message contributes to a request.
 *
 * @param <R> what a JSON record is read as
 */
sealed interface Part<R> {

	/** The message that it came in. */
	HeldMessage message();

	/** How many records it has. */
	long records();

	/**
	 * The one record of a JSON message.
	 *
	 * @param message the message that it came in
	 * @param record what was read
	 * @param <R> what a JSON record is read as
	 */
	record Single<R>(HeldMessage message, R record) implements Part<R> {

		@Override
		public long records() {
			return 1;
		}

	}

	/**
	 * An OTLP request, or what is left of it after it was cut up.
	 *
	 * @param message the message that it came in
	 * @param request the encoded request
	 * @param records how many records it has
	 * @param <R> what a JSON record is read as
	 */
	record Encoded<R>(HeldMessage message, byte[] request, long records) implements Part<R> {
	}

}
