// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.Locale;

/**
 * Durations for people: three digits and a unit.
 */
final class DurationFormat {

	private static final double MILLISECOND = 1e6;

	private static final double SECOND = 1e9;

	private DurationFormat() {
	}

	static String format(long nanos) {
		if (nanos == 0) {
			return "0 ms";
		}
		if (nanos < 10 * MILLISECOND) {
			return String.format(Locale.ROOT, "%.1f ms", nanos / MILLISECOND);
		}
		if (nanos < 0.9995 * SECOND) {
			return Math.round(nanos / MILLISECOND) + " ms";
		}
		if (nanos < 10 * SECOND) {
			return String.format(Locale.ROOT, "%.2f s", nanos / SECOND);
		}
		if (nanos < 60 * SECOND) {
			return String.format(Locale.ROOT, "%.1f s", nanos / SECOND);
		}
		long seconds = Math.round(nanos / SECOND);
		return seconds / 60 + " min " + seconds % 60 + " s";
	}

}
