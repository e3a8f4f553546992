// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

/**
 * A metric: one observation in the snake-case format, in the camel-case format all that
 * an instrument has to say when it is collected.
 */
public sealed interface MetricRecord permits MetricObservation, MetricSnapshot {

	/**
	 * Return the name of the metric.
	 * @return the name
	 */
	String name();

	/**
	 * Return the service.
	 * @return the service, empty if the record does not name it
	 */
	String service();

}
