// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.MessagingAttributes;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.retrytopic.RetryTopicHeaders;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * What Spring Kafka writes into a record's headers on its way through retries: how often
 * it has been tried, and where it came from. Most records have neither, so that a header
 * is told by the length of its name first.
 */
final class RetryHeaders {

	// The longest name that Kafka allows for a topic.
	private static final int MAX_TOPIC_LENGTH = 249;

	private RetryHeaders() {
	}

	static void set(SpanBuilder builder, Header[] headers) {
		int delivery = 0;
		int hop = 0;
		String topic = null;
		for (Header header : headers) {
			String name = header.key();
			switch (name.length()) {
				case 20 -> {
					if (name.equals(RetryTopicHeaders.DEFAULT_HEADER_ATTEMPTS)) {
						hop = number(header.value());
					}
					else if (name.equals(KafkaHeaders.ORIGINAL_TOPIC)) {
						topic = (topic != null) ? topic : topic(header.value());
						delivery = 0;
					}
				}
				case 21 -> {
					if (name.equals(KafkaHeaders.DELIVERY_ATTEMPT)) {
						delivery = number(header.value());
					}
				}
				case 24 -> {
					if (name.equals(KafkaHeaders.DLT_ORIGINAL_TOPIC)) {
						topic = (topic != null) ? topic : topic(header.value());
						// What was counted before was copied, and counts another
						// listener's attempts.
						delivery = 0;
					}
				}
				default -> {
				}
			}
		}
		if (delivery > 0 || hop > 0) {
			builder.setAttribute(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT, (long) Math.max(delivery, hop));
		}
		if (topic != null) {
			builder.setAttribute(MessagingAttributes.KAFKA_ORIGINAL_TOPIC, topic);
		}
	}

	/**
	 * Whether a record of a retry topic is not due yet: read as the listener adapter
	 * reads it a moment later.
	 */
	static boolean isEarly(Header[] headers) {
		byte[] due = null;
		for (Header header : headers) {
			if (header.key().equals(RetryTopicHeaders.DEFAULT_HEADER_BACKOFF_TIMESTAMP)) {
				due = header.value();
			}
		}
		return due != null && due.length > 0 && due.length <= Long.BYTES
				&& new BigInteger(due).longValue() > System.currentTimeMillis();
	}

	private static int number(byte @Nullable [] value) {
		return (value != null && value.length == Integer.BYTES) ? ByteBuffer.wrap(value).getInt() : 0;
	}

	private static @Nullable String topic(byte @Nullable [] value) {
		return (value != null && value.length > 0 && value.length <= MAX_TOPIC_LENGTH)
				? new String(value, StandardCharsets.UTF_8) : null;
	}

}
