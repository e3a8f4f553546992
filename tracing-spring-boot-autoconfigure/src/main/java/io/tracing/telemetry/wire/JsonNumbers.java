// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

/**
 * The numbers of JSON. How one is written tells what it is: without point and exponent a
 * {@code Long}, as long as it fits into one. A program that makes a {@code Double} of
 * every number loses 2^53 + 1.
 */
final class JsonNumbers {

	// More digits than any double has (the longest needs 767), or hostile.
	private static final int MAX_LENGTH = 1_100;

	private JsonNumbers() {
	}

	/**
	 * Make a number of a literal of JSON.
	 * @param literal the literal
	 * @param whole whether it has neither a point nor an exponent
	 */
	static Number parse(String literal, boolean whole) throws MalformedRecordException {
		if (literal.length() > MAX_LENGTH) {
			throw new MalformedRecordException("a number must not have more than " + MAX_LENGTH + " digits");
		}
		if (whole) {
			try {
				return Long.parseLong(literal);
			}
			catch (NumberFormatException ex) {
				// Too large for it: what is left of it is a double.
			}
		}
		double value = Double.parseDouble(literal);
		if (Double.isInfinite(value)) {
			throw new MalformedRecordException("a number must fit into a double");
		}
		return value;
	}

}
