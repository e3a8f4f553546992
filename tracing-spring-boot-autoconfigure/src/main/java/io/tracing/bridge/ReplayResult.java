// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

/**
 * What a replay of dead letters has done.
 *
 * @param replayed how many are in the stream again
 * @param skipped how many could not be published again, because their bytes did not fit
 * into a dead letter: they are still in the stream that they came from
 * @param more whether there are more than the limit
 */
public record ReplayResult(int replayed, int skipped, boolean more) {

}
