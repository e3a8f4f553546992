// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.Locale;

/**
 * Why a record could not be exported. Written into the dead letter and into metrics.
 */
public enum DeadLetterReason {

	/** It is no record of any format that is known. */
	MALFORMED,

	/** Its subject is of no known signal. */
	UNKNOWN_SUBJECT,

	/** The backend answered that it is wrong (400), also when it was sent alone. */
	REJECTED,

	/** The backend answered that it is too large (413), also when it was sent alone. */
	TOO_LARGE,

	/** The backend failed over it (500) as often as it may. */
	FAILED,

	/** The server delivered it as often as it may, to bridges that did not settle it. */
	MAX_DELIVERIES;

	private final String text = name().toLowerCase(Locale.ROOT);

	/**
	 * Return the reason as it is written in headers and metrics.
	 * @return the name in lower case, such as {@code too_large}
	 */
	public String text() {
		return this.text;
	}

}
