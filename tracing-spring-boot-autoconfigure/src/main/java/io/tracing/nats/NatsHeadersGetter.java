// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;

import io.nats.client.impl.Headers;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context from NATS headers. Names are matched as they are and, failing that,
 * ignoring case: Go's {@code propagation.HeaderCarrier} writes {@code Traceparent}. A
 * field that stands there twice with different values is as good as missing: W3C asks to
 * restart the trace, not to guess.
 */
public final class NatsHeadersGetter implements TextMapGetter<Headers> {

	/** The instance. */
	public static final NatsHeadersGetter INSTANCE = new NatsHeadersGetter();

	// What W3C allows for baggage, the longest of the fields; longer is an attack.
	private static final int MAX_LENGTH = 8192;

	// The one field that W3C lets be spread over several headers, beside baggage.
	private static final String TRACE_STATE = "tracestate";

	private NatsHeadersGetter() {
	}

	@Override
	public Iterable<String> keys(Headers headers) {
		return headers.keySet();
	}

	@Override
	public @Nullable String get(@Nullable Headers headers, String key) {
		List<String> values = values(headers, key);
		// Nearly always there is one, and always there are some to look for in vain.
		return switch (values.size()) {
			case 0 -> null;
			case 1 -> isTooLong(values.get(0)) ? null : values.get(0);
			default -> join(values, key);
		};
	}

	private static @Nullable String join(List<String> values, String key) {
		String value = null;
		for (String next : values) {
			if (isTooLong(next)) {
				continue;
			}
			if (value == null) {
				value = next;
			}
			else if (key.equals(TRACE_STATE)) {
				value = value + "," + next;
			}
			else if (!next.equals(value)) {
				return null;
			}
		}
		return value;
	}

	@Override
	public Iterator<String> getAll(@Nullable Headers headers, String key) {
		List<String> values = values(headers, key);
		return values.isEmpty() ? Collections.emptyIterator()
				: values.stream().filter((value) -> !isTooLong(value)).iterator();
	}

	private static boolean isTooLong(String value) {
		return value.length() > MAX_LENGTH;
	}

	private static List<String> values(@Nullable Headers headers, String key) {
		if (headers == null) {
			return Collections.emptyList();
		}
		List<String> values = headers.get(key);
		if (values == null && headers.containsKeyIgnoreCase(key)) {
			values = headers.getIgnoreCase(key);
		}
		return (values != null) ? values : Collections.emptyList();
	}

}
