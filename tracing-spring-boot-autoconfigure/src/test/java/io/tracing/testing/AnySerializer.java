// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serializes what the tests send. Never calls {@code toString()} of an object it does not
 * know, because a test may send one whose {@code toString()} throws.
 */
public final class AnySerializer implements Serializer<Object> {

	private static final LongSerializer LONG = new LongSerializer();

	@Override
	public byte @Nullable [] serialize(String topic, @Nullable Object data) {
		if (data == null || data instanceof byte[]) {
			return (byte[]) data;
		}
		if (data instanceof Long number) {
			return LONG.serialize(topic, number);
		}
		boolean text = data instanceof String || data instanceof UUID;
		return (text ? data.toString() : "object").getBytes(StandardCharsets.UTF_8);
	}

}
