// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Locale;

/**
 * Why telemetry did not get to the stream.
 */
public enum DropReason {

	/** More came than the stream took, and the buffer was full. */
	BUFFER_FULL,

	/** A single record is larger than the server or the stream takes. */
	TOO_LARGE,

	/** The server answers others, but not this subject: a permission is missing. */
	REFUSED,

	/** It could not be encoded. */
	UNENCODABLE,

	/** The application stopped before the stream took it. */
	SHUTDOWN;

	private final String text = name().toLowerCase(Locale.ROOT);

	/**
	 * Return the reason as it is written in metrics.
	 * @return the name in lower case, such as {@code buffer_full}
	 */
	public String text() {
		return this.text;
	}

}
