// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The fields of an object, with their types checked. A field that is {@code null} is
 * missing; a field of the wrong type makes the record malformed.
 */
final class JsonObject {

	private final Map<String, @Nullable Object> fields;

	private JsonObject(Map<String, @Nullable Object> fields) {
		this.fields = fields;
	}

	static JsonObject parse(byte[] data) throws MalformedRecordException {
		return new JsonObject(new JsonParser(data).parse());
	}

	/**
	 * Whether there is such a field, even if it is {@code null}.
	 */
	boolean has(String name) {
		return this.fields.containsKey(name) || spelling(name) != null;
	}

	@Nullable Object get(String name) {
		Object value = this.fields.get(name);
		if (value != null) {
			return value;
		}
		String spelling = spelling(name);
		return (spelling != null) ? this.fields.get(spelling) : null;
	}

	/** How a field is spelled that is not spelled as it should be. */
	private @Nullable String spelling(String name) {
		for (String field : this.fields.keySet()) {
			if (field.length() == name.length() && field.equalsIgnoreCase(name) && !field.equals(name)) {
				return field;
			}
		}
		return null;
	}

	String text(String name) throws MalformedRecordException {
		Object value = get(name);
		if (value == null) {
			return "";
		}
		if (value instanceof String text) {
			return text;
		}
		throw wrongType(name, "a string");
	}

	String requiredText(String name) throws MalformedRecordException {
		String text = text(name);
		if (text.isEmpty()) {
			throw new MalformedRecordException("'" + name + "' must not be empty");
		}
		return text;
	}

	long time(String name) throws MalformedRecordException {
		String text = text(name);
		return text.isEmpty() ? missingTime(name) : Timestamps.parse(name, text);
	}

	private long missingTime(String name) throws MalformedRecordException {
		if (get(name) != null) {
			throw new MalformedRecordException("'" + name + "' must be a time of RFC 3339, and is empty");
		}
		return 0;
	}

	boolean isTrue(String name) throws MalformedRecordException {
		Object value = get(name);
		if (value == null || value instanceof Boolean) {
			return Boolean.TRUE.equals(value);
		}
		throw wrongType(name, "true or false");
	}

	@Nullable Number optionalNumber(String name) throws MalformedRecordException {
		Object value = get(name);
		if (value == null || value instanceof Number) {
			return (Number) value;
		}
		throw wrongType(name, "a number");
	}

	double number(String name) throws MalformedRecordException {
		Number number = optionalNumber(name);
		return (number != null) ? number.doubleValue() : 0;
	}

	long count(String name) throws MalformedRecordException {
		return count(name, get(name));
	}

	private static long count(String name, @Nullable Object value) throws MalformedRecordException {
		if (value == null) {
			return 0;
		}
		if (value instanceof Long number && number >= 0) {
			return number;
		}
		throw wrongType(name, "a whole number that is not negative");
	}

	int integer(String name) throws MalformedRecordException {
		Object value = get(name);
		if (value == null) {
			return 0;
		}
		if (value instanceof Long number && number == number.intValue()) {
			return number.intValue();
		}
		throw wrongType(name, "a whole number of 32 bits");
	}

	@Nullable JsonObject optionalObject(String name) throws MalformedRecordException {
		Object value = get(name);
		return (value != null) ? of(name, value) : null;
	}

	Map<String, @Nullable Object> map(String name) throws MalformedRecordException {
		JsonObject object = optionalObject(name);
		return (object != null) ? object.fields : Map.of();
	}

	/**
	 * An object of which the names are somebody's own.
	 */
	Map<String, @Nullable Object> attributes(String name) throws MalformedRecordException {
		Map<String, @Nullable Object> attributes = map(name);
		if (attributes.containsKey("")) {
			throw new MalformedRecordException("'" + name + "' must not have an empty key");
		}
		return attributes;
	}

	List<@Nullable Object> list(String name) throws MalformedRecordException {
		return (get(name) != null) ? elements(name, get(name)) : List.of();
	}

	List<JsonObject> objects(String name) throws MalformedRecordException {
		List<@Nullable Object> list = list(name);
		List<JsonObject> objects = new ArrayList<>(list.size());
		for (Object element : list) {
			objects.add(of(name, element));
		}
		return objects;
	}

	List<Double> numbers(String name) throws MalformedRecordException {
		List<@Nullable Object> list = list(name);
		List<Double> numbers = new ArrayList<>(list.size());
		for (Object element : list) {
			if (!(element instanceof Number number)) {
				throw wrongType(name, "a list of numbers");
			}
			numbers.add(number.doubleValue());
		}
		return numbers;
	}

	List<Long> counts(String name) throws MalformedRecordException {
		List<@Nullable Object> list = list(name);
		List<Long> counts = new ArrayList<>(list.size());
		for (Object element : list) {
			counts.add(count(name, element));
		}
		return counts;
	}

	@SuppressWarnings("unchecked")
	static JsonObject of(String name, @Nullable Object value) throws MalformedRecordException {
		if (value instanceof Map<?, ?> fields) {
			return new JsonObject((Map<String, @Nullable Object>) fields);
		}
		throw wrongType(name, "an object");
	}

	@SuppressWarnings("unchecked")
	static List<@Nullable Object> elements(String name, @Nullable Object value) throws MalformedRecordException {
		if (value instanceof List<?> elements) {
			return (List<@Nullable Object>) elements;
		}
		throw wrongType(name, "a list");
	}

	static MalformedRecordException wrongType(String name, String type) {
		return new MalformedRecordException("'" + name + "' must be " + type);
	}

}
