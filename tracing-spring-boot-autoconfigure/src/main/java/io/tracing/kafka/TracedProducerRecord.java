// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Collection;
import java.util.Objects;

import io.opentelemetry.context.Context;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The copy of a user's record that goes to the broker: with the context of its send span
 * in its headers, and the span at hand for when the outcome is known. The user's record
 * stays as it was, so it can be sent again; Kafka closes the headers of what it sends.
 */
final class TracedProducerRecord<K, V> extends ProducerRecord<K, V> {

	private final Context senderContext;

	private @Nullable RunningSpan span;

	TracedProducerRecord(ProducerRecord<K, V> original, Header[] headers, Collection<String> propagationFields,
			Context senderContext) {
		super(original.topic(), original.partition(), original.timestamp(), original.key(), original.value());
		this.senderContext = senderContext;
		for (Header header : headers) {
			if (!isField(header, propagationFields)) {
				headers().add(header);
			}
		}
	}

	/**
	 * Whether a record comes from another traced producer, around this one with something
	 * of the user's in between: that one has made the span.
	 */
	static boolean isOnItsWay(ProducerRecord<?, ?> record) {
		return record instanceof TracedProducerRecord<?, ?> traced && !traced.span().hasEnded();
	}

	/**
	 * Whether a header belongs to a context: of a forwarded record, to an older one.
	 */
	static boolean isField(Header header, Collection<String> propagationFields) {
		for (String field : propagationFields) {
			if (field.equalsIgnoreCase(header.key())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Take the span, which starts last of all: the user's record and headers can throw
	 * while they are copied, and then nobody would end it.
	 */
	TracedProducerRecord<K, V> with(RunningSpan span) {
		this.span = span;
		return this;
	}

	RunningSpan span() {
		return Objects.requireNonNull(this.span, "The span has not started");
	}

	Context senderContext() {
		return this.senderContext;
	}

}
