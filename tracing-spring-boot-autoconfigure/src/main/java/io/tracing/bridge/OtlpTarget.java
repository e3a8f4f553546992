// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Map;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * Where and how one signal is sent.
 *
 * @param endpoint the URL
 * @param headers what the user adds to requests; the values are secrets
 * @param timeout how long a request may take
 * @param gzip whether requests are compressed
 * @param sslContext certificates and keys, or {@code null} for those of the JVM
 */
record OtlpTarget(OtlpEndpoint endpoint, Map<String, String> headers, Duration timeout, boolean gzip,
		@Nullable SSLContext sslContext) {

	// Shorter words are no secrets, and would blot out half of what a backend says.
	private static final int MIN_SECRET_LENGTH = 4;

	/**
	 * Take the values of headers out of a text: a backend can quote the token that it
	 * does not like.
	 * @param text what a backend said
	 * @return the text without secrets
	 */
	String withoutSecrets(String text) {
		String safe = text;
		for (String value : this.headers.values()) {
			safe = without(safe, value);
			// The token of 'Bearer token'.
			safe = without(safe, value.substring(value.lastIndexOf(' ') + 1));
		}
		String query = this.endpoint.uri().getRawQuery();
		return (query != null) ? without(safe, query) : safe;
	}

	private static String without(String text, String secret) {
		return (secret.length() >= MIN_SECRET_LENGTH) ? text.replace(secret, "***") : text;
	}

	@Override
	public String toString() {
		return "%s (headers %s, timeout %s, %s)".formatted(this.endpoint, this.headers.keySet(),
				DurationText.of(this.timeout), this.gzip ? "gzip" : "uncompressed");
	}

}
