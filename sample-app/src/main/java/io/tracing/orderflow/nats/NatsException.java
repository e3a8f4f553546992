// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

/**
 * NATS did not do what it was asked for.
 */
public final class NatsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what was not done
	 * @param cause why
	 */
	public NatsException(String message, Exception cause) {
		super(message + ": " + cause.getMessage(), cause);
	}

}
