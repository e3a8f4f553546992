// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What became of the records of a batch.
 *
 * @param requests how many requests it took
 * @param exported records that the backend has
 * @param rejected records of partial successes
 * @param retried records that were sent again
 * @param reason why records are dead letters, if some are
 * @param deadLettered records that are dead letters
 */
record BatchOutcome(long requests, long exported, long rejected, long retried, @Nullable DeadLetterReason reason,
		long deadLettered) {

	static BatchOutcome of(long requests, SignalStatus status) {
		DeadLetterReason reason = status.deadLettered()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() > 0)
			.map(Map.Entry::getKey)
			.findAny()
			.orElse(null);
		return new BatchOutcome(requests, status.exported(), status.rejected(), status.retried(), reason,
				status.deadLetters());
	}

}
