// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the JSON of protobuf does in a way of its own: numbers of 64 bits as strings,
 * enums by name, attributes as lists of pairs, values in an object that names their type.
 */
final class ProtobufJson {

	private static final String VALUE = "value";

	private ProtobufJson() {
	}

	static long unixNanos(JsonObject json, String name) throws MalformedRecordException {
		Object value = json.get(name);
		long nanos = (value != null) ? integer(name, value) : 0;
		if (nanos < 0) {
			throw new MalformedRecordException("'" + name + "' must not be before 1970");
		}
		return nanos;
	}

	static int count(JsonObject json, String name) throws MalformedRecordException {
		Object value = json.get(name);
		long count = (value != null) ? integer(name, value) : 0;
		if (count < 0 || count > Integer.MAX_VALUE) {
			throw JsonObject.wrongType(name, "a count");
		}
		return (int) count;
	}

	/**
	 * A constant by its name or number. One that is not known is the first of the enum,
	 * which means "not said".
	 */
	static <E extends Enum<E>> E constant(String name, @Nullable Object value, String prefix, E[] constants)
			throws MalformedRecordException {
		if (value == null) {
			return constants[0];
		}
		if (value instanceof Long number) {
			return (number >= 0 && number < constants.length) ? constants[number.intValue()] : constants[0];
		}
		if (!(value instanceof String text)) {
			throw JsonObject.wrongType(name, "a name or a number");
		}
		for (E constant : constants) {
			if (text.startsWith(prefix) && text.substring(prefix.length()).equals(constant.name())) {
				return constant;
			}
		}
		return constants[0];
	}

	static Map<String, @Nullable Object> attributes(JsonObject json) throws MalformedRecordException {
		return pairs(json, "attributes");
	}

	private static Map<String, @Nullable Object> pairs(JsonObject json, String name) throws MalformedRecordException {
		List<@Nullable Object> list = json.list(name);
		Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
		for (Object element : list) {
			JsonObject pair = JsonObject.of(name, element);
			attributes.put(pair.requiredText("key"), value(pair.optionalObject(VALUE)));
		}
		return attributes;
	}

	private static @Nullable Object value(@Nullable JsonObject json) throws MalformedRecordException {
		if (json == null) {
			return null;
		}
		Object value = json.get("stringValue");
		if (value != null) {
			return json.text("stringValue");
		}
		value = json.get("intValue");
		if (value != null) {
			return integer("intValue", value);
		}
		value = json.get("doubleValue");
		if (value != null) {
			return floating("doubleValue", value);
		}
		value = json.get("boolValue");
		if (value != null) {
			return json.isTrue("boolValue");
		}
		return composite(json);
	}

	private static @Nullable Object composite(JsonObject json) throws MalformedRecordException {
		JsonObject array = json.optionalObject("arrayValue");
		if (array != null) {
			List<@Nullable Object> values = new ArrayList<>();
			for (JsonObject element : array.objects("values")) {
				values.add(value(element));
			}
			return values;
		}
		JsonObject map = json.optionalObject("kvlistValue");
		if (map != null) {
			return pairs(map, "values");
		}
		return (json.get("bytesValue") != null) ? bytes("bytesValue", json.text("bytesValue")) : null;
	}

	private static long integer(String name, Object value) throws MalformedRecordException {
		if (value instanceof Long number) {
			return number;
		}
		if (value instanceof String text) {
			try {
				return Long.parseLong(text);
			}
			catch (NumberFormatException ex) {
				// No number, or none of 64 bits.
			}
		}
		throw JsonObject.wrongType(name, "a whole number of 64 bits");
	}

	private static double floating(String name, Object value) throws MalformedRecordException {
		if (value instanceof Number number) {
			return number.doubleValue();
		}
		if (value instanceof String text) {
			switch (text) {
				case "NaN":
					return Double.NaN;
				case "Infinity":
					return Double.POSITIVE_INFINITY;
				case "-Infinity":
					return Double.NEGATIVE_INFINITY;
				default:
					// No other string is a number.
			}
		}
		throw JsonObject.wrongType(name, "a number");
	}

	private static byte[] bytes(String name, String text) throws MalformedRecordException {
		try {
			return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
		}
		catch (IllegalArgumentException ex) {
			throw JsonObject.wrongType(name, "Base64");
		}
	}

}
