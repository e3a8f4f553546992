// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;

/**
 * The application's propagator, unable to hurt it. OpenTelemetry asks that extraction
 * never throws, yet up to 1.65 a {@code U+FFFF} in a {@code traceparent} throws
 * {@link ArrayIndexOutOfBoundsException}: in a listener container, a poison pill.
 */
final class GuardedPropagator {

	private final TextMapPropagator propagator;

	private final Faults faults;

	private final List<String> fields;

	GuardedPropagator(TextMapPropagator propagator, Faults faults) {
		this.propagator = propagator;
		this.faults = faults;
		this.fields = fields(propagator, faults);
	}

	private static List<String> fields(TextMapPropagator propagator, Faults faults) {
		try {
			return List.copyOf(propagator.fields());
		}
		catch (Throwable ex) {
			faults.report("asking the propagator for its fields", ex);
			return List.of();
		}
	}

	Collection<String> fields() {
		return this.fields;
	}

	<C> Context extract(Context base, C carrier, TextMapGetter<C> getter) {
		try {
			return this.propagator.extract(base, carrier, getter);
		}
		catch (Throwable ex) {
			this.faults.report("reading the context of a message", ex);
			return base;
		}
	}

	<C> boolean inject(Context context, C carrier, TextMapSetter<C> setter) {
		try {
			this.propagator.inject(context, carrier, setter);
			return true;
		}
		catch (Throwable ex) {
			this.faults.report("writing the context into a message", ex);
			return false;
		}
	}

}
