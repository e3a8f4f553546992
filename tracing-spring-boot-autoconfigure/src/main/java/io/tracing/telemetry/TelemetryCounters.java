// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.tracing.telemetry.wire.Signal;

/**
 * What became of the telemetry that was to be published. Counts records: spans, log
 * records and metrics. A request of Micrometer's counts as one.
 */
public final class TelemetryCounters {

	private final Map<Signal, LongAdder> published = new EnumMap<>(Signal.class);

	private final Map<Signal, Map<DropReason, LongAdder>> dropped = new EnumMap<>(Signal.class);

	private final LongAdder retried = new LongAdder();

	TelemetryCounters() {
		for (Signal signal : Signal.values()) {
			this.published.put(signal, new LongAdder());
			Map<DropReason, LongAdder> reasons = new EnumMap<>(DropReason.class);
			for (DropReason reason : DropReason.values()) {
				reasons.put(reason, new LongAdder());
			}
			this.dropped.put(signal, reasons);
		}
	}

	void addPublished(Signal signal, int records) {
		this.published.get(signal).add(records);
	}

	void addDropped(Signal signal, DropReason reason, int records) {
		this.dropped.get(signal).get(reason).add(records);
	}

	void addRetried() {
		this.retried.increment();
	}

	/**
	 * Return how many records the stream has acknowledged.
	 * @param signal their signal
	 * @return the number
	 */
	public long published(Signal signal) {
		return this.published.get(signal).sum();
	}

	/**
	 * Return how many records were dropped.
	 * @param signal their signal
	 * @param reason why they were dropped
	 * @return the number
	 */
	public long dropped(Signal signal, DropReason reason) {
		return this.dropped.get(signal).get(reason).sum();
	}

	/**
	 * Return how many times a message was published again.
	 * @return the number
	 */
	public long retried() {
		return this.retried.sum();
	}

}
