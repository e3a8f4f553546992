// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

/**
 * A listener's result that is still to come, while the listener's thread goes on.
 */
interface AwaitedResult {

	/**
	 * Nobody waits for the result any more.
	 * @param reason why not
	 */
	void abandon(String reason);

}
