// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.gateway;

import java.io.IOException;
import java.net.URI;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * A service behind the gateway. Status, body and the headers that matter pass through
 * unchanged; the path is built anew from a template, so that no path trick reaches a
 * route that is not public.
 */
final class Backend {

	private static final Log logger = LogFactory.getLog(Backend.class);

	private static final List<String> REQUEST_HEADERS = List.of(HttpHeaders.ACCEPT, HttpHeaders.CONTENT_TYPE);

	private static final List<String> RESPONSE_HEADERS = List.of(HttpHeaders.ALLOW, HttpHeaders.CONTENT_TYPE,
			HttpHeaders.LOCATION, HttpHeaders.RETRY_AFTER);

	// A hundred items with the longest names need a tenth of this.
	private static final int MAX_BODY = 256 * 1024;

	private final String name;

	private final String url;

	private final RestClient client;

	Backend(String name, String url, RestClient client) {
		this.name = name;
		this.url = url;
		this.client = client;
	}

	ResponseEntity<byte[]> forward(HttpServletRequest request, String path, Object... variables) {
		byte[] body = body(request);
		RestClient.RequestBodySpec spec = this.client.method(HttpMethod.valueOf(request.getMethod()))
			.uri(uri(request, path, variables))
			.headers((headers) -> copyRequestHeaders(request, headers));
		try {
			return (body.length > 0) ? exchange(spec.body(body)) : exchange(spec);
		}
		catch (ResourceAccessException ex) {
			logger.warn("Service " + this.name + " can't be reached: " + ex.getMessage());
			throw new ResponseStatusException(HttpStatus.BAD_GATEWAY, "Service " + this.name + " can't be reached.",
					ex);
		}
	}

	private static byte[] body(HttpServletRequest request) {
		byte[] body;
		try {
			body = request.getInputStream().readNBytes(MAX_BODY + 1);
		}
		catch (IOException ex) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The body could not be read.", ex);
		}
		if (body.length > MAX_BODY) {
			throw new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE,
					"The body has more than " + MAX_BODY + " bytes.");
		}
		return body;
	}

	private URI uri(HttpServletRequest request, String path, Object... variables) {
		URI uri = UriComponentsBuilder.fromUriString(this.url).path(path).encode().buildAndExpand(variables).toUri();
		String query = request.getQueryString();
		return (query != null) ? URI.create(uri + "?" + query) : uri;
	}

	private static ResponseEntity<byte[]> exchange(RestClient.RequestHeadersSpec<?> spec) {
		// Not retrieve(): an error of the backend is an answer like any other.
		return spec.exchangeForRequiredValue((request, response) -> {
			HttpHeaders headers = new HttpHeaders();
			for (String name : RESPONSE_HEADERS) {
				headers.addAll(name, response.getHeaders().getOrEmpty(name));
			}
			return new ResponseEntity<>(response.getBody().readAllBytes(), headers, response.getStatusCode());
		});
	}

	private static void copyRequestHeaders(HttpServletRequest request, HttpHeaders headers) {
		for (String name : REQUEST_HEADERS) {
			String value = request.getHeader(name);
			if (value != null) {
				headers.set(name, value);
			}
		}
	}

}
