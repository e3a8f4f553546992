// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Set;

import io.tracing.telemetry.wire.Signal;

/**
 * What can be set about a bridge, apart from where it reads and where it sends.
 *
 * @param target where to send, for the log
 * @param stream the stream to drain
 * @param durable the durable consumer, or what the names of those for each signal begin
 * with
 * @param signals what is drained
 * @param durablePerSignal whether each signal has a durable of its own
 * @param batchSize the most messages that are fetched, and sent, together
 * @param maxBatchBytes the most bytes that are fetched together
 * @param flushInterval how long a batch waits to become full
 * @param maxDeliveries how often a record is tried that the backend fails over, and how
 * often the server delivers a message
 * @param retryDelay the wait between two tries of a record that the backend fails over
 * @param ackWait how long the server waits for a sign of life before it delivers again
 * @param requestsInFlight the most requests of a signal at the same time
 * @param firstBackoff the wait after the first failure of an outage
 * @param maxBackoff the longest wait between two tries in an outage
 * @param pause the wait after an answer that only a change of the configuration mends
 * @param serviceName the service of records that name none
 * @param deadLetterStream the stream for what can't be exported
 * @param deadLetterMaxAge how long dead letters are kept
 * @param deadLetterMaxBytes how many bytes of them are kept
 */
record BridgeSettings(String target, String stream, String durable, Set<Signal> signals, boolean durablePerSignal,
		int batchSize, int maxBatchBytes, Duration flushInterval, int maxDeliveries, Duration retryDelay,
		Duration ackWait, int requestsInFlight, Duration firstBackoff, Duration maxBackoff, Duration pause,
		String serviceName, String deadLetterStream, Duration deadLetterMaxAge, long deadLetterMaxBytes) {

	/**
	 * How long to wait before the next try, doubled with each failure.
	 * @param failures how often it has failed in a row, at least once
	 */
	Duration backoff(int failures) {
		double nanos = this.firstBackoff.toNanos() * Math.pow(2, Math.max(0, Math.min(failures - 1, 30)));
		return Duration.ofNanos((long) Math.min(nanos, this.maxBackoff.toNanos()));
	}

	boolean drainsAll() {
		return this.signals.size() == Signal.values().length;
	}

}
