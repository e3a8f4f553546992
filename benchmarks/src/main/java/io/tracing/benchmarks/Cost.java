// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one message costs.
 */
record Cost(double nanoseconds, double bytes) {

	Cost minus(Cost other) {
		return new Cost(this.nanoseconds - other.nanoseconds, this.bytes - other.bytes);
	}

	/**
	 * The middle one of several measurements, which a disturbance of one of them does not
	 * move.
	 */
	static Cost median(List<Cost> costs) {
		return new Cost(median(costs, Cost::nanoseconds), median(costs, Cost::bytes));
	}

	private static double median(List<Cost> costs, ToDoubleFunction<Cost> value) {
		double[] sorted = costs.stream().mapToDouble(value).sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

}
