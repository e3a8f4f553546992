// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What several turns say.
 */
final class Median {

	private Median() {
	}

	static <T> double of(List<T> turns, ToDoubleFunction<T> value) {
		double[] sorted = turns.stream().mapToDouble(value).sorted().toArray();
		return sorted[sorted.length / 2];
	}

}
