// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.UUID;

import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.MessagingAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that differ from record to record.
 */
final class RecordAttributes {

	// A partition is a string by convention; most topics have few.
	private static final String[] PARTITIONS = new String[64];

	static {
		for (int partition = 0; partition < PARTITIONS.length; partition++) {
			PARTITIONS[partition] = Integer.toString(partition);
		}
	}

	private final MessagingAttributes keys;

	private final boolean captureKey;

	RecordAttributes(MessagingAttributes keys, boolean captureKey) {
		this.keys = keys;
		this.captureKey = captureKey;
	}

	void set(SpanBuilder builder, @Nullable Object key, boolean tombstone) {
		if (this.captureKey) {
			String text = text(key);
			if (text != null) {
				this.keys.kafkaMessageKey().set(builder, text);
			}
		}
		if (tombstone) {
			this.keys.kafkaTombstone().set(builder, true);
		}
	}

	static String partition(int partition) {
		return (partition >= 0 && partition < PARTITIONS.length) ? PARTITIONS[partition] : Integer.toString(partition);
	}

	/**
	 * The key as text, if there is only one way to write it. The JDK's own value types
	 * alone: the {@code toString()} of anything else may mean nothing, take long or
	 * throw.
	 */
	private static @Nullable String text(@Nullable Object key) {
		if (key instanceof String string) {
			return string;
		}
		if (key instanceof Long || key instanceof Integer || key instanceof Short || key instanceof UUID) {
			return key.toString();
		}
		return null;
	}

}
