// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.Serial;

/**
 * An option of the way to the backend has a value that it can't have. Its parts are free
 * of secrets.
 */
public final class InvalidOtlpOptionException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String option;

	private final String value;

	private final String reason;

	private final String mend;

	InvalidOtlpOptionException(String option, Object value, String reason, String mend) {
		super("%s=%s is invalid because %s. %s".formatted(option, value, reason, mend));
		this.option = option;
		this.value = String.valueOf(value);
		this.reason = reason;
		this.mend = mend;
	}

	/**
	 * Return the same fault under the name by which the user knows the option.
	 * @param option the name of a property or environment variable
	 * @return the exception to throw instead
	 */
	public InvalidOtlpOptionException named(String option) {
		InvalidOtlpOptionException named = new InvalidOtlpOptionException(option, this.value, this.reason, this.mend);
		named.setStackTrace(getStackTrace());
		return named;
	}

	/**
	 * Return the name of the option.
	 * @return the name
	 */
	public String option() {
		return this.option;
	}

	/**
	 * Return the bad value.
	 * @return the value, without what may be secret in it
	 */
	public String value() {
		return this.value;
	}

	/**
	 * Return why it is bad.
	 * @return a clause to follow "because"
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * Return what to do.
	 * @return a sentence
	 */
	public String mend() {
		return this.mend;
	}

}
