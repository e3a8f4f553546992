// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.impl.Headers;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Writes a context into NATS headers: one value for each field, under the name that the
 * propagator gives it, which is lower case for W3C's. The headers must not be read-only.
 */
public final class NatsHeadersSetter implements TextMapSetter<Headers> {

	/** The instance. */
	public static final NatsHeadersSetter INSTANCE = new NatsHeadersSetter();

	private NatsHeadersSetter() {
	}

	@Override
	public void set(@Nullable Headers headers, String key, String value) {
		if (headers != null) {
			headers.put(key, value);
		}
	}

}
