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
		List<String> values = find(all, key, false);
		if (values.isEmpty()) {
			values = find(all, key, true);
		}
		return switch (values.size()) {
			case 0 -> null;
			case 1 -> values.get(0);
			default -> key.equals("tracestate") ? String.join(",", values) : agreed(values);
		};
	}

	@Override
	public Iterator<String> getAll(@Nullable Headers headers, String key) {
		if (headers == null) {
			return Collections.emptyIterator();
		}
		Header[] all = headers.toArray();
		List<String> values = find(all, key, false);
		return (values.isEmpty() ? find(all, key, true) : values).iterator();
	}

	private static List<String> find(Header[] headers, String key, boolean ignoreCase) {
		List<String> values = List.of();
		for (Header header : headers) {
			if (ignoreCase ? key.equalsIgnoreCase(header.key()) : key.equals(header.key())) {
				byte[] value = header.value();
				if (value != null && value.length <= MAX_BYTES) {
					values = with(values, new String(value, StandardCharsets.UTF_8));
				}
			}
		}
		return values;
	}

	private static List<String> with(List<String> values, String value) {
		if (values.isEmpty()) {
			return List.of(value);
		}
		List<String> more = new ArrayList<>(values);
		more.add(value);
		return more;
	}

	private static @Nullable String agreed(List<String> values) {
		String first = values.get(0);
		return values.stream().allMatch(first::equals) ? first : null;
	}

}
