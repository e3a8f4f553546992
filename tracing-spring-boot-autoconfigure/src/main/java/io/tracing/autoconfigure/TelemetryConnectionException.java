// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.Serial;

/**
 * There is no connection for telemetry right now. The message says why and which property
 * to look at; it has no secrets in it, unlike those of jnats, which therefore are not its
 * cause.
 */
final class TelemetryConnectionException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	TelemetryConnectionException(String message) {
		super(message);
	}

}
