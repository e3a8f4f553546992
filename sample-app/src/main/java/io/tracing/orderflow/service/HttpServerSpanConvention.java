// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

import org.springframework.http.server.observation.OpenTelemetryServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Server spans with OpenTelemetry's names. Framework's convention is followed but for two
 * keys: {@code outcome}, which OpenTelemetry does not have, and {@code error.type}, which
 * must be absent from a request that did not fail.
 */
final class HttpServerSpanConvention extends OpenTelemetryServerRequestObservationConvention {

	@Override
	public KeyValues getLowCardinalityKeyValues(ServerRequestObservationContext context) {
		KeyValues keyValues = KeyValues.of(method(context), status(context), pathTemplate(context), scheme(context));
		Throwable error = context.getError();
		if (error != null) {
			return keyValues.and("error.type", error.getClass().getName());
		}
		KeyValue status = status(context);
		return status.getValue().startsWith("5") ? keyValues.and("error.type", status.getValue()) : keyValues;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(ServerRequestObservationContext context) {
		if (context.getCarrier() == null) {
			return KeyValues.empty();
		}
		return KeyValues.of(httpUrl(context), KeyValue.of("server.address", context.getCarrier().getServerName()),
				KeyValue.of("server.port", Integer.toString(context.getCarrier().getServerPort())));
	}

}
