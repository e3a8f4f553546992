// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the span of the record or batch at hand to whom Spring Kafka lets ask for an
 * observation. Not one of Micrometer's: those share one thread-local scope with the
 * registry of the application, which would take ours for its own.
 */
final class ListenerObservationRegistry implements ObservationRegistry {

	static final ListenerObservationRegistry INSTANCE = new ListenerObservationRegistry(new ObservationConfig());

	private final ObservationConfig configuration;

	ListenerObservationRegistry(ObservationConfig configuration) {
		this.configuration = configuration;
	}

	@Override
	public @Nullable Observation getCurrentObservation() {
		ConsumerThread thread = ConsumerThread.current();
		if (thread != null) {
			return thread.observation();
		}
		BatchThread batchThread = BatchThread.current();
		return (batchThread != null) ? batchThread.observation() : null;
	}

	@Override
	public Observation.@Nullable Scope getCurrentObservationScope() {
		return null;
	}

	@Override
	public void setCurrentObservationScope(Observation.@Nullable Scope current) {
	}

	@Override
	public ObservationConfig observationConfig() {
		return this.configuration;
	}

}
