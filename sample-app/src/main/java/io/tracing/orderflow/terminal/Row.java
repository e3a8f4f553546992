// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import org.jspecify.annotations.Nullable;

/**
 * A line of the picture: a stretch of time with a name, or a remark on the line above.
 *
 * @param kind what it stands for
 * @param service who did it, empty for a remark
 * @param label its name, indented
 * @param from when it began, in nanoseconds since the epoch
 * @param to when it ended
 * @param duration how long it took, in words, {@code null} for a remark
 */
record Row(Kind kind, String service, String label, long from, long to, @Nullable String duration) {

	static Row remark(String label) {
		return new Row(Kind.REMARK, "", label, 0, 0, null);
	}

	boolean isSpan() {
		return this.kind == Kind.SPAN || this.kind == Kind.FAILED_SPAN;
	}

	enum Kind {

		SPAN, FAILED_SPAN, QUEUE, BACK_OFF, REMARK

	}

}
