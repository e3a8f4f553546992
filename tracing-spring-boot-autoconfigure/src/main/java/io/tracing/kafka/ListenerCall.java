// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;

/**
 * The call of a listener method, on the consumer's thread. The container reports how it
 * came out, but for an {@link Error}, of which only the adapter tells.
 */
final class ListenerCall extends AdapterObservation {

	static final ListenerCall INSTANCE = new ListenerCall();

	private ListenerCall() {
	}

	@Override
	public Observation error(Throwable error) {
		ConsumerThread thread = ConsumerThread.current();
		if (thread != null) {
			thread.thrown(error);
		}
		return this;
	}

}
