// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context from Kafka headers. Names are matched as they are and, failing that,
 * ignoring case. A field that stands there twice with different values is as good as
 * missing: W3C asks to restart the trace, not to guess.
 */
public final class KafkaHeadersGetter implements TextMapGetter<Headers> {

	/** The instance. */
	public static final KafkaHeadersGetter INSTANCE = new KafkaHeadersGetter();

	// What W3C allows for baggage, the longest of the fields; longer is an attack.
	private static final int MAX_BYTES = 8192;

	private static final Header[] NO_HEADERS = new Header[0];

	// The one field that W3C lets be spread over several headers, beside baggage.
	private static final String TRACE_STATE = "tracestate";

	private KafkaHeadersGetter() {
	}

	@Override
	public Iterable<String> keys(Headers headers) {
		return Arrays.stream(headers.toArray()).map(Header::key).toList();
	}

	@Override
	public @Nullable String get(@Nullable Headers headers, String key) {
		if (headers == null) {
			return null;
		}
		// Not headers(key): an iterator through two wrappers costs more than this array.
		Header[] all = headers.toArray();
		boolean ignoreCase = !isNamed(all, key);
		String value = null;
		for (Header header : all) {
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
	public Iterator<String> getAll(@Nullable Headers headers, String key) {
		Header[] all = (headers != null) ? headers.toArray() : NO_HEADERS;
		boolean ignoreCase = !isNamed(all, key);
		List<String> values = List.of();
		for (Header header : all) {
			String value = value(header, key, ignoreCase);
			if (value != null) {
				values = values.isEmpty() ? new ArrayList<>() : values;
				values.add(value);
			}
		}
		return values.iterator();
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
