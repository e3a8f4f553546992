// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The headers a user may send with requests.
 */
final class OtlpHeaders {

	// Those of the body are not the user's to choose, the others are the HTTP client's.
	private static final Set<String> OURS = Set.of("content-type", "content-encoding", "content-length", "connection",
			"expect", "host", "transfer-encoding", "upgrade");

	private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

	private OtlpHeaders() {
	}

	static Map<String, String> check(Map<String, String> headers) {
		Map<String, String> checked = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.forEach((name, value) -> {
			check(name, value);
			checked.put(name, value.trim());
		});
		return Collections.unmodifiableMap(checked);
	}

	private static void check(String name, String value) {
		if (!NAME.matcher(name).matches()) {
			// What looks like a name can be a secret that lost its name.
			throw new InvalidOtlpOptionException("headers", "(not shown)", "it has a header with an invalid name",
					"A name has letters, digits and hyphens, such as 'Authorization'.");
		}
		if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
			throw new InvalidOtlpOptionException("headers", name, "this header follows from the request",
					"Remove the header '%s'.".formatted(name));
		}
		if (!VALUE.matcher(value).matches()) {
			throw new InvalidOtlpOptionException("headers", name + "=(not shown)",
					"the value has characters that no header can have",
					"Remove line breaks and what is not ASCII from the value of '%s'.".formatted(name));
		}
	}

}
