// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context from the headers of a record, which are taken out of it once for all
 * fields: a look-up in Kafka's own {@code Headers} makes iterators each time.
 */
final class HeaderArrayGetter implements TextMapGetter<Header[]> {

	static final HeaderArrayGetter INSTANCE = new HeaderArrayGetter();

	// What W3C allows for baggage, the longest of the fields; longer is an attack.
	private static final int MAX_BYTES = 8192;

	// The one field that W3C lets be spread over several headers, beside baggage.
	private static final String TRACE_STATE = "tracestate";

	private HeaderArrayGetter() {
	}

	@Override
	public Iterable<String> keys(Header[] headers) {
		return Arrays.stream(headers).map(Header::key).toList();
	}

	@Override
	public @Nullable String get(Header @Nullable [] headers, String key) {
		if (headers == null) {
			return null;
		}
		boolean ignoreCase = !isNamed(headers, key);
		String value = null;
		for (Header header : headers) {
			String next = value(header, key, ignoreCase);
			if (value == null) {
				value = next;
			}
			else if (next != null && key.equals(TRACE_STATE)) {
				value = value + "," + next;
			}
			else if (next != null && !next.equals(value)) {
				return null;
			}
		}
		return value;
	}

	@Override
	public Iterator<String> getAll(Header @Nullable [] headers, String key) {
		if (headers == null) {
			return Collections.emptyIterator();
		}
		boolean ignoreCase = !isNamed(headers, key);
		List<String> values = null;
		for (Header header : headers) {
			String value = value(header, key, ignoreCase);
			if (value != null) {
				values = (values != null) ? values : new ArrayList<>();
				values.add(value);
			}
		}
		return (values != null) ? values.iterator() : Collections.emptyIterator();
	}

	private static boolean isNamed(Header[] headers, String key) {
		for (Header header : headers) {
			if (key.equals(header.key())) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable String value(Header header, String key, boolean ignoreCase) {
		if (ignoreCase ? key.equalsIgnoreCase(header.key()) : key.equals(header.key())) {
			byte[] value = header.value();
			if (value != null && value.length <= MAX_BYTES) {
				return new String(value, StandardCharsets.UTF_8);
			}
		}
		return null;
	}

}
