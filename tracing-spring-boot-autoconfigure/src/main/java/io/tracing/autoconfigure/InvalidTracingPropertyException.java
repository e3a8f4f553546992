// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.Serial;

/**
 * A property of this library has a value that it can't have.
 */
final class InvalidTracingPropertyException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String property;

	private final String value;

	private final String reason;

	private final String mend;

	/**
	 * Create a new instance.
	 * @param property the name of the property
	 * @param value the bad value
	 * @param reason why it is bad, a clause to follow "because"
	 * @param mend what to do, a sentence
	 */
	InvalidTracingPropertyException(String property, Object value, String reason, String mend) {
		super("%s=%s is invalid because %s. %s".formatted(property, value, reason, mend));
		this.property = property;
		this.value = String.valueOf(value);
		this.reason = reason;
		this.mend = mend;
	}

	String property() {
		return this.property;
	}

	String value() {
		return this.value;
	}

	String reason() {
		return this.reason;
	}

	String mend() {
		return this.mend;
	}

}
