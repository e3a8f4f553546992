// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;

/**
 * The connection is there, by its status, and nothing arrives.
 */
class SilentConnectionException extends IOException {

	private static final long serialVersionUID = 1L;

	SilentConnectionException() {
		super("the connection to NATS seems to be there and brings nothing, so it is made anew");
	}

}
