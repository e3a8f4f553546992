// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.Map;

/**
 * One observation of a metric.
 *
 * @param name the name of the metric
 * @param type what the value means
 * @param value a {@code Long} if the number has no point and no exponent, else a
 * {@code Double}
 * @param tags the tags, which with the name and the service make the series
 * @param service the service, empty if the record does not name it
 * @param epochNanos when it was observed
 */
public record MetricObservation(String name, Type type, Number value, Map<String, String> tags, String service,
		long epochNanos) implements MetricRecord {

	/**
	 * What the value of an observation means.
	 */
	public enum Type {

		/** An increment. */
		COUNTER,

		/** What is so from now on. */
		GAUGE,

		/** One value of many. */
		HISTOGRAM

	}

}
