// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.opentelemetry.api.trace.Span;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingTracing;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.support.ProducerListener;

/**
 * Where the outcome of a send becomes the end of its span, whichever way the send was
 * made: partition and offset if the broker has the record, the error if not. Traced
 * producers call it for the record that went to the broker. It does nothing for any other
 * record, so that registering it with a {@code KafkaTemplate} as well is harmless.
 */
public class TracingProducerListener implements ProducerListener<Object, Object> {

	private final MessagingAttributes attributes;

	/**
	 * Create a new instance.
	 * @param tracing knows the names of the attributes
	 */
	public TracingProducerListener(MessagingTracing tracing) {
		this.attributes = tracing.attributes();
	}

	@Override
	public void onSuccess(ProducerRecord<Object, Object> record, @Nullable RecordMetadata metadata) {
		if (record instanceof TracedProducerRecord<?, ?> traced) {
			if (metadata != null) {
				Span span = traced.span().span();
				if (record.partition() == null && metadata.partition() >= 0) {
					span.setAttribute(MessagingAttributes.PARTITION_ID,
							RecordAttributes.partition(metadata.partition()));
				}
				// With acks=0 nobody knows the offset, and Kafka says -1.
				if (metadata.hasOffset()) {
					this.attributes.kafkaOffset().set(span, metadata.offset());
				}
			}
			traced.span().end(null);
		}
	}

	@Override
	public void onError(ProducerRecord<Object, Object> record, @Nullable RecordMetadata metadata, Exception exception) {
		if (record instanceof TracedProducerRecord<?, ?> traced) {
			traced.span().end(exception);
		}
	}

}
