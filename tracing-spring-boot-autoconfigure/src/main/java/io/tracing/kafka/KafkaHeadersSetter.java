// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;

import io.opentelemetry.context.propagation.TextMapSetter;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Writes a context into Kafka headers: one value for each field, whatever was there.
 */
public final class KafkaHeadersSetter implements TextMapSetter<Headers> {

	/** The instance. */
	public static final KafkaHeadersSetter INSTANCE = new KafkaHeadersSetter();

	private KafkaHeadersSetter() {
	}

	@Override
	public void set(@Nullable Headers headers, String key, String value) {
		if (headers == null) {
			return;
		}
		// remove() makes two iterators even if there is nothing to remove.
		if (headers.lastHeader(key) != null) {
			headers.remove(key);
		}
		headers.add(key, value.getBytes(StandardCharsets.UTF_8));
	}

}
