// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.io.IOException;
import java.net.URI;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.ClientRequestObservationConvention;

/**
 * Client spans with OpenTelemetry's names. Framework has such a convention for servers
 * only.
 */
final class HttpClientSpanConvention implements ClientRequestObservationConvention {

	@Override
	public String getName() {
		return "http.client.request.duration";
	}

	@Override
	public String getContextualName(ClientRequestObservationContext context) {
		ClientHttpRequest request = context.getCarrier();
		return (request != null) ? request.getMethod().name() : "HTTP";
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(ClientRequestObservationContext context) {
		KeyValues keyValues = KeyValues.empty();
		ClientHttpRequest request = context.getCarrier();
		if (request != null) {
			URI uri = request.getURI();
			keyValues = keyValues.and(KeyValue.of("http.request.method", request.getMethod().name()),
					KeyValue.of("server.address", uri.getHost()), KeyValue.of("server.port", port(uri)));
		}
		String status = status(context);
		if (status != null) {
			keyValues = keyValues.and("http.response.status_code", status);
		}
		String errorType = errorType(context, status);
		return (errorType != null) ? keyValues.and("error.type", errorType) : keyValues;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(ClientRequestObservationContext context) {
		ClientHttpRequest request = context.getCarrier();
		return (request != null) ? KeyValues.of("url.full", request.getURI().toString()) : KeyValues.empty();
	}

	private static String port(URI uri) {
		if (uri.getPort() > 0) {
			return Integer.toString(uri.getPort());
		}
		return "https".equals(uri.getScheme()) ? "443" : "80";
	}

	private static @Nullable String status(ClientRequestObservationContext context) {
		ClientHttpResponse response = context.getResponse();
		try {
			return (response != null) ? Integer.toString(response.getStatusCode().value()) : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static @Nullable String errorType(ClientRequestObservationContext context, @Nullable String status) {
		if (status != null) {
			// The conventions count 4xx as an error for the client, not for the server.
			return (status.startsWith("4") || status.startsWith("5")) ? status : null;
		}
		Throwable error = context.getError();
		return (error != null) ? error.getClass().getName() : null;
	}

}
