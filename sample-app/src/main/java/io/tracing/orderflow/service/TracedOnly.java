// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import io.opentelemetry.api.trace.Span;
import net.ttddyy.observation.tracing.DataSourceBaseContext;

import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Keeps spans that nobody asked for out of the backend: SQL that belongs to no request
 * (outbox polling, migrations, health checks) and the requests of monitoring itself.
 */
final class TracedOnly implements ObservationPredicate {

	@Override
	public boolean test(String name, Observation.Context context) {
		if (context instanceof DataSourceBaseContext) {
			return Span.current().getSpanContext().isValid();
		}
		if (context instanceof ServerRequestObservationContext request) {
			return !request.getCarrier().getRequestURI().startsWith("/actuator");
		}
		return true;
	}

}
