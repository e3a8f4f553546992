// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

/**
 * A consumer of the durable's name is there, and the bridge can't drain it.
 */
class UnusableConsumerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	UnusableConsumerException(String message) {
		super(message);
	}

}
