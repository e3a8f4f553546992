// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

/**
 * There is no nats-server on this machine, and none could be fetched.
 */
public final class NatsServerMissingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	NatsServerMissingException(String message) {
		super(message);
	}

}
