// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

import io.tracing.telemetry.wire.Signal;

/**
 * Where a backend takes OTLP over HTTP. What it prints has neither user nor query, where
 * people put keys.
 */
final class OtlpEndpoint {

	private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://");

	// Up to the last @: a password can have one, or a slash.
	private static final Pattern USER = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*://)?.*@");

	private static final Pattern QUERY = Pattern.compile("[?#].*");

	private static final int GRPC_PORT = 4317;

	private static final int MAX_PORT = 65_535;

	private final URI uri;

	private final String text;

	private OtlpEndpoint(URI uri) {
		this.uri = uri;
		this.text = printable(uri.toString());
	}

	/**
	 * Read an endpoint.
	 * @param value what was configured
	 * @return the endpoint
	 * @throws InvalidOtlpOptionException if requests can't be sent there
	 */
	static OtlpEndpoint of(String value) {
		String trimmed = value.trim();
		if (trimmed.isEmpty()) {
			throw invalid(trimmed, "it is empty", "Write a URL such as http://localhost:4318.");
		}
		if (trimmed.chars().anyMatch((character) -> Character.isWhitespace(character))) {
			throw invalid(trimmed, "it has a space in it", "Write one URL, such as http://localhost:4318.");
		}
		if (!SCHEME.matcher(trimmed).find()) {
			String printable = printable(trimmed);
			throw invalid(trimmed, "it has no scheme",
					"Write http://%s, or https://%s if the backend has TLS.".formatted(printable, printable));
		}
		try {
			return of(new URI(trimmed));
		}
		catch (URISyntaxException ex) {
			throw invalid(trimmed, "it is no URL", "Write a URL such as http://localhost:4318.");
		}
	}

	private static OtlpEndpoint of(URI uri) {
		String value = uri.toString();
		if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
			throw invalid(value, "its scheme is neither http nor https",
					"Write the URL of the backend's OTLP/HTTP receiver, such as http://localhost:4318.");
		}
		if (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0) {
			throw invalid(value, "it has a user or a password in it, which would show up in logs",
					"Remove them, and configure a header 'Authorization' instead.");
		}
		if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
			throw invalid(value, "it has no valid host and port",
					"Write a URL such as http://localhost:4318; a host name has letters, digits, hyphens and dots,"
							+ " but no underscore.");
		}
		if (uri.getRawFragment() != null) {
			throw invalid(value, "it has a fragment, which is never sent", "Remove '#' and what follows it.");
		}
		return new OtlpEndpoint(uri);
	}

	private static InvalidOtlpOptionException invalid(String value, String reason, String mend) {
		return new InvalidOtlpOptionException("endpoint", printable(value), reason, mend);
	}

	/**
	 * Take out of a URL what may be secret.
	 * @param url the URL, or what was meant to be one
	 * @return the URL without user, query and fragment
	 */
	static String printable(String url) {
		return QUERY.matcher(USER.matcher(url).replaceFirst("$1")).replaceFirst("");
	}

	/**
	 * Return where a signal goes if this is the endpoint for all of them.
	 * @param signal the signal
	 * @return this endpoint with the signal's path added to its own
	 */
	OtlpEndpoint forSignal(Signal signal) {
		String path = this.uri.getRawPath().replaceAll("/+$", "") + path(signal);
		String query = (this.uri.getRawQuery() != null) ? "?" + this.uri.getRawQuery() : "";
		return new OtlpEndpoint(URI.create(this.uri.getScheme() + "://" + this.uri.getRawAuthority() + path + query));
	}

	private static String path(Signal signal) {
		return switch (signal) {
			case SPANS -> "/v1/traces";
			case LOGS -> "/v1/logs";
			case METRICS -> "/v1/metrics";
		};
	}

	URI uri() {
		return this.uri;
	}

	boolean isEncrypted() {
		return "https".equalsIgnoreCase(this.uri.getScheme());
	}

	/**
	 * Whether this is the port of the other protocol, which many confuse with OTLP/HTTP.
	 * @return whether it looks like gRPC
	 */
	boolean looksLikeGrpc() {
		return this.uri.getPort() == GRPC_PORT;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
