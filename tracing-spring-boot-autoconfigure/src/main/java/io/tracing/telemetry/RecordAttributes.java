// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as a record has them.
 */
final class RecordAttributes {

	static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");

	static final AttributeKey<String> EXCEPTION_MESSAGE = AttributeKey.stringKey("exception.message");

	private RecordAttributes() {
	}

	static Map<String, @Nullable Object> of(Attributes attributes) {
		Map<String, @Nullable Object> map = new LinkedHashMap<>();
		attributes.forEach((key, value) -> {
			if (!key.getKey().isEmpty()) {
				map.put(key.getKey(), (value instanceof Value<?> complex) ? complex.asString() : value);
			}
		});
		return map;
	}

	static Map<String, String> tags(Attributes attributes) {
		Map<String, String> map = new LinkedHashMap<>();
		attributes.forEach((key, value) -> {
			if (!key.getKey().isEmpty()) {
				map.put(key.getKey(), (value instanceof Value<?> complex) ? complex.asString() : value.toString());
			}
		});
		return map;
	}

	/**
	 * What an exception says, empty if there is none.
	 */
	static String error(Attributes attributes) {
		String message = attributes.get(EXCEPTION_MESSAGE);
		if (message == null || message.isEmpty()) {
			message = attributes.get(EXCEPTION_TYPE);
		}
		return (message != null) ? message : "";
	}

}
