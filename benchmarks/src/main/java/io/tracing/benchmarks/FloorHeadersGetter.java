// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context out of the headers of a record.
 */
final class FloorHeadersGetter implements TextMapGetter<Headers> {

	static final FloorHeadersGetter INSTANCE = new FloorHeadersGetter();

	private FloorHeadersGetter() {
	}

	@Override
	public Iterable<String> keys(Headers headers) {
		List<String> names = new ArrayList<>();
		headers.forEach((header) -> names.add(header.key()));
		return names;
	}

	@Override
	public @Nullable String get(@Nullable Headers headers, String name) {
		Header header = (headers != null) ? headers.lastHeader(name) : null;
		return (header != null) ? new String(header.value(), StandardCharsets.UTF_8) : null;
	}

}
