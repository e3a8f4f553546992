// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

/**
 * A server of OrderFlow can't start because another process listens on its port.
 */
public final class PortInUseException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	PortInUseException(String server, int port, Throwable cause) {
		super(server + " can't listen on port " + port
				+ ": another process does. Stop that process or choose another port (0 takes any free one).", cause);
	}

}
