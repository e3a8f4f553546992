// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.Serial;

/**
 * Says in the log what telemetry was lost, and why. Nobody throws it.
 */
final class DroppedTelemetryException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	DroppedTelemetryException(String message) {
		// Where it was made says nothing.
		super(message, null, false, false);
	}

}
