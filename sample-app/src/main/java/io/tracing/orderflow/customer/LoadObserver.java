// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.customer;

import io.tracing.orderflow.terminal.CollectedTrace;
import org.jspecify.annotations.Nullable;

/**
 * Hears of the beginning and the end of a load.
 */
public interface LoadObserver {

	/**
	 * Orders are going to be placed at a rate.
	 */
	void loadBegins();

	/**
	 * The last order of the load was dealt with, or given up on.
	 * @param summary the numbers in one line
	 * @param slowest the trace of the order that took longest, if there is one
	 */
	void loadEnds(String summary, @Nullable CollectedTrace slowest);

}
