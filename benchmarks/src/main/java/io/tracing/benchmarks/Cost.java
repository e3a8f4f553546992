// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one message costs.
 *
 * @param nanoseconds the time that passes
 * @param processorNanoseconds the time that the JVM keeps processors busy
 * @param bytes what it allocates
 */
record Cost(double nanoseconds, double processorNanoseconds, double bytes) {

	Cost minus(Cost other) {
		return new Cost(this.nanoseconds - other.nanoseconds, this.processorNanoseconds - other.processorNanoseconds,
				this.bytes - other.bytes);
	}

	/**
	 * What many measurements of one thing say: the lower quartile of the times, because a
	 * busy machine only ever adds time, and the median of the bytes, where escape
	 * analysis errs to either side.
	 */
	static Cost typical(List<Cost> measured) {
		return new Cost(quantile(measured, Cost::nanoseconds, 0.25),
				quantile(measured, Cost::processorNanoseconds, 0.25), quantile(measured, Cost::bytes, 0.5));
	}

	private static double quantile(List<Cost> measured, ToDoubleFunction<Cost> value, double quantile) {
		double[] sorted = measured.stream().mapToDouble(value).sorted().toArray();
		return sorted[(int) (quantile * (sorted.length - 1))];
	}

}
