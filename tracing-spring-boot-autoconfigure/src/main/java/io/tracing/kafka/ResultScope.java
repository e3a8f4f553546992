// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;
import io.tracing.messaging.GuardedScope;

/**
 * A process span is current while the listener's result is dealt with.
 *
 * @param observation what stands for the result
 * @param scope the scope of the span
 */
record ResultScope(Observation observation, GuardedScope scope) implements Observation.Scope {

	@Override
	public Observation getCurrentObservation() {
		return this.observation;
	}

	@Override
	public void close() {
		this.scope.close();
	}

	@Override
	@Deprecated
	public void reset() {
	}

	@Override
	@Deprecated
	public void makeCurrent() {
	}

}
