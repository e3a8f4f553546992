// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads the attributes of a point: pairs of which the value says its type, because the
 * JSON of the producers' language writes 2.0 as 2. Records that were made by hand have
 * the bare value.
 */
final class TypedAttributes {

	private TypedAttributes() {
	}

	static Map<String, @Nullable Object> read(JsonObject json, String name) throws MalformedRecordException {
		List<@Nullable Object> list = json.list(name);
		Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
		for (Object element : list) {
			JsonObject pair = JsonObject.of(name, element);
			attributes.put(pair.requiredText("Key"), value(pair.get("Value")));
		}
		return attributes;
	}

	private static @Nullable Object value(@Nullable Object value) throws MalformedRecordException {
		if (!(value instanceof Map<?, ?>)) {
			return value;
		}
		JsonObject typed = JsonObject.of("Value", value);
		Object bare = typed.get("Value");
		if (bare == null) {
			return null;
		}
		String type = typed.text("Type");
		return switch (type) {
			case "STRING", "BOOL", "INT64", "FLOAT64" -> single(type, bare);
			case "STRINGSLICE", "BOOLSLICE", "INT64SLICE", "FLOAT64SLICE" ->
				slice(type.substring(0, type.length() - "SLICE".length()), bare);
			default -> bare;
		};
	}

	private static List<@Nullable Object> slice(String type, Object bare) throws MalformedRecordException {
		List<@Nullable Object> values = new ArrayList<>();
		for (Object element : JsonObject.elements("Value", bare)) {
			values.add((element != null) ? single(type, element) : null);
		}
		return values;
	}

	private static Object single(String type, Object bare) throws MalformedRecordException {
		if (type.equals("FLOAT64") && bare instanceof Number number) {
			return number.doubleValue();
		}
		boolean matches = switch (type) {
			case "STRING" -> bare instanceof String;
			case "BOOL" -> bare instanceof Boolean;
			case "INT64" -> bare instanceof Long;
			default -> false;
		};
		if (!matches) {
			throw JsonObject.wrongType("Value", "of its type, " + type);
		}
		return bare;
	}

}
