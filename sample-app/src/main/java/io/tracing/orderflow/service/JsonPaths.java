// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.Locale;
import java.util.regex.Pattern;

import tools.jackson.core.JacksonException;

/**
 * Names a field as the client wrote it: {@code items[0].item_id}.
 */
final class JsonPaths {

	private static final Pattern CAMEL_HUMP = Pattern.compile("(?<=[a-z0-9])([A-Z])");

	private JsonPaths() {
	}

	static String of(JacksonException ex) {
		StringBuilder path = new StringBuilder();
		for (JacksonException.Reference reference : ex.getPath()) {
			if (reference.getPropertyName() == null) {
				path.append('[').append(reference.getIndex()).append(']');
			}
			else {
				path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
			}
		}
		return path.toString();
	}

	static String snakeCase(String path) {
		return CAMEL_HUMP.matcher(path).replaceAll((match) -> "_" + match.group(1).toLowerCase(Locale.ROOT));
	}

}
