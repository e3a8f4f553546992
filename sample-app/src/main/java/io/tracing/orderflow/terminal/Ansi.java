// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

/**
 * Colour, only ever added to what the text says already.
 */
enum Ansi {

	BOLD(1), DIM(2), RED(31), GREEN(32), YELLOW(33);

	private final int code;

	Ansi(int code) {
		this.code = code;
	}

	String wrap(String text) {
		return "\u001B[" + this.code + "m" + text + "\u001B[0m";
	}

}
