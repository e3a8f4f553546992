// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Collections;
import java.util.Iterator;

import io.opentelemetry.context.propagation.TextMapGetter;
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

	private KafkaHeadersGetter() {
	}

	@Override
	public Iterable<String> keys(Headers headers) {
		return HeaderArrayGetter.INSTANCE.keys(headers.toArray());
	}

	@Override
	public @Nullable String get(@Nullable Headers headers, String key) {
		return (headers != null) ? HeaderArrayGetter.INSTANCE.get(headers.toArray(), key) : null;
	}

	@Override
	public Iterator<String> getAll(@Nullable Headers headers, String key) {
		return (headers != null) ? HeaderArrayGetter.INSTANCE.getAll(headers.toArray(), key)
				: Collections.emptyIterator();
	}

}
