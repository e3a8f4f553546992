// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import io.opentelemetry.api.common.AttributeKey;

/**
 * How long a message waited between its send and its first processing, and who says so.
 *
 * @param nanos the time, never negative
 * @param source whose clock says so, in words
 */
record QueueTime(long nanos, String source) {

	private static final AttributeKey<Double> TIME = AttributeKey.doubleKey("messaging.message.time_in_queue");

	private static final AttributeKey<String> SOURCE = AttributeKey.stringKey("messaging.message.time_in_queue_source");

	static QueueTime between(TraceNode send, TraceNode process) {
		Double seconds = process.attribute(TIME);
		if (seconds != null) {
			String source = process.attribute(SOURCE);
			return new QueueTime(Math.max(0, Math.round(seconds * 1e9)),
					(source != null) ? source + " clock" : "unknown clock");
		}
		return new QueueTime(Math.max(0, process.start() - send.span().getEndEpochNanos()), "gap between the spans");
	}

	/**
	 * How much earlier than its send a message seems to be processed: the two clocks
	 * differ by at least this. A message that is delivered before the send is
	 * acknowledged is no skew.
	 */
	static long skew(TraceNode send, TraceNode process) {
		return Math.max(0, send.start() - process.start());
	}

}
