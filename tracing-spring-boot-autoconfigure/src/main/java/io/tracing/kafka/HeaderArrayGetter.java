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
		int first = first(headers, key);
		if (headers == null || first < 0) {
			return null;
		}
		String value = value(headers[first]);
		return (first == headers.length - 1) ? value : joined(headers, first, key, value);
	}

	private static @Nullable String joined(Header[] headers, int first, String key, @Nullable String firstValue) {
		boolean ignoreCase = !key.equals(headers[first].key());
		String value = firstValue;
		for (int i = first + 1; i < headers.length; i++) {
			String next = isNamed(headers[i], key, ignoreCase) ? value(headers[i]) : null;
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
		int first = first(headers, key);
		if (headers == null || first < 0) {
			return Collections.emptyIterator();
		}
		boolean ignoreCase = !key.equals(headers[first].key());
		List<String> values = new ArrayList<>();
		for (int i = first; i < headers.length; i++) {
			String value = isNamed(headers[i], key, ignoreCase) ? value(headers[i]) : null;
			if (value != null) {
				values.add(value);
			}
		}
		return values.iterator();
	}

	/**
	 * Where the headers of a name begin, -1 if there is none. Those that differ in case
	 * count only where none is written exactly so.
	 */
	private static int first(Header @Nullable [] headers, String key) {
		int similar = -1;
		for (int i = 0; headers != null && i < headers.length; i++) {
			String name = headers[i].key();
			if (key.equals(name)) {
				return i;
			}
			if (similar < 0 && key.equalsIgnoreCase(name)) {
				similar = i;
			}
		}
		return similar;
	}

	private static boolean isNamed(Header header, String key, boolean ignoreCase) {
		return ignoreCase ? key.equalsIgnoreCase(header.key()) : key.equals(header.key());
	}

	private static @Nullable String value(Header header) {
		byte[] value = header.value();
		return (value != null && value.length <= MAX_BYTES) ? new String(value, StandardCharsets.UTF_8) : null;
	}

}
