// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

/**
 * A message that is no telemetry. What it says goes into the header of the dead letter.
 */
public class MalformedRecordException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what is wrong with which field, without the bytes of the message
	 */
	public MalformedRecordException(String message) {
		// Poison comes by the thousand, and nobody reads where it was found.
		super(message, null, false, false);
	}

}
