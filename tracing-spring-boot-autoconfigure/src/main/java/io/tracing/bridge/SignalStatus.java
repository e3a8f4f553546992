// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * What a bridge says of one signal. The counts are those of this bridge since it was
 * made, and count records, unless said otherwise.
 *
 * @param signal the signal
 * @param state how the export is going
 * @param reason what keeps it from going well, if something does
 * @param durable the durable consumer that it comes from
 * @param messages messages that were delivered, again or not
 * @param redelivered messages that were delivered again: at most as many were exported
 * twice
 * @param received records that were read, malformed ones included
 * @param exported records that the backend took
 * @param rejected records that the backend rejected while it took others of the same
 * request (partial success)
 * @param retried records that were sent again
 * @param deadLettered records that are dead letters, by reason
 * @param lag messages in the stream that were not fetched yet, by any bridge; -1 if not
 * known yet
 * @param pending messages that were fetched and are not settled, by any bridge; -1 if not
 * known yet
 * @param oldestUnexported the age of the oldest message that is not settled; zero if all
 * are
 * @param lastSuccess when the backend last took a request
 */
public record SignalStatus(Signal signal, SignalState state, @Nullable String reason, @Nullable String durable,
		long messages, long redelivered, long received, long exported, long rejected, long retried,
		Map<DeadLetterReason, Long> deadLettered, long lag, long pending, Duration oldestUnexported,
		@Nullable Instant lastSuccess) {

	/**
	 * Return how many records are dead letters.
	 * @return the sum of all reasons
	 */
	public long deadLetters() {
		return this.deadLettered.values().stream().mapToLong(Long::longValue).sum();
	}

}
