// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.Collections;

import io.nats.client.impl.Headers;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context out of the headers of a NATS message.
 */
final class FloorNatsHeadersGetter implements TextMapGetter<Headers> {

	static final FloorNatsHeadersGetter INSTANCE = new FloorNatsHeadersGetter();

	private FloorNatsHeadersGetter() {
	}

	@Override
	public Iterable<String> keys(@Nullable Headers headers) {
		return (headers != null) ? headers.keySet() : Collections.emptySet();
	}

	@Override
	public @Nullable String get(@Nullable Headers headers, String name) {
		return (headers != null) ? headers.getFirst(name) : null;
	}

}
