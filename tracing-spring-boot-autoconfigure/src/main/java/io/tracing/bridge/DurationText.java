// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;

/**
 * Writes durations as people write them in properties: {@code 1m}, {@code 400ms}.
 */
final class DurationText {

	private DurationText() {
	}

	static String of(Duration duration) {
		long nanos = duration.getNano();
		long seconds = duration.getSeconds();
		if (nanos % 1_000_000 != 0) {
			return duration.toNanos() + "ns";
		}
		if (nanos != 0) {
			return duration.toMillis() + "ms";
		}
		if (seconds == 0 || seconds % 60 != 0) {
			return seconds + "s";
		}
		if (seconds % 3_600 != 0) {
			return seconds / 60 + "m";
		}
		return (seconds % 86_400 != 0) ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
	}

}
