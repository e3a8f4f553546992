// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * What became of the records of one signal, in this bridge, since it was made.
 */
final class SignalCounters {

	final LongAdder messages = new LongAdder();

	final LongAdder redelivered = new LongAdder();

	final LongAdder received = new LongAdder();

	final LongAdder exported = new LongAdder();

	final LongAdder rejected = new LongAdder();

	final LongAdder retried = new LongAdder();

	private final Map<DeadLetterReason, LongAdder> deadLettered = new EnumMap<>(DeadLetterReason.class);

	private volatile @Nullable Instant lastSuccess;

	SignalCounters() {
		for (DeadLetterReason reason : DeadLetterReason.values()) {
			this.deadLettered.put(reason, new LongAdder());
		}
	}

	void exported(long records, long rejected) {
		this.exported.add(records - rejected);
		this.rejected.add(rejected);
		this.lastSuccess = Instant.now();
	}

	void deadLettered(DeadLetterReason reason, long records) {
		this.deadLettered.get(reason).add(records);
	}

	private Map<DeadLetterReason, Long> deadLettered() {
		Map<DeadLetterReason, Long> counts = new EnumMap<>(DeadLetterReason.class);
		this.deadLettered.forEach((reason, count) -> counts.put(reason, count.sum()));
		return counts;
	}

	SignalStatus status(Signal signal, SignalState state, @Nullable String reason) {
		return status(signal, state, reason, null, StreamPosition.UNKNOWN, Duration.ZERO);
	}

	SignalStatus status(Signal signal, SignalState state, @Nullable String reason, @Nullable String durable,
			StreamPosition position, Duration oldestUnexported) {
		return new SignalStatus(signal, state, reason, durable, this.messages.sum(), this.redelivered.sum(),
				this.received.sum(), this.exported.sum(), this.rejected.sum(), this.retried.sum(), deadLettered(),
				position.lag(), position.pending(), oldestUnexported, this.lastSuccess);
	}

}
