// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * What Spring Kafka's listener adapter is given for an observation: of all that one can
 * be told, only what the subclasses override means anything.
 */
abstract class AdapterObservation implements Observation {

	private static final Context CONTEXT = new Context();

	@Override
	public Observation error(Throwable error) {
		return this;
	}

	@Override
	public void stop() {
	}

	@Override
	public Scope openScope() {
		return Scope.NOOP;
	}

	@Override
	public final Context getContext() {
		return CONTEXT;
	}

	@Override
	public final Observation start() {
		return this;
	}

	@Override
	public final Observation event(Event event) {
		return this;
	}

	@Override
	public final Observation contextualName(@Nullable String contextualName) {
		return this;
	}

	@Override
	public final Observation parentObservation(@Nullable Observation parentObservation) {
		return this;
	}

	@Override
	public final Observation lowCardinalityKeyValue(KeyValue keyValue) {
		return this;
	}

	@Override
	public final Observation highCardinalityKeyValue(KeyValue keyValue) {
		return this;
	}

	@Override
	public final Observation observationConvention(ObservationConvention<?> observationConvention) {
		return this;
	}

}
