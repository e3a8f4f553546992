// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Locale;

import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.ContainerProperties.ShareAckMode;

/**
 * One delivery of a record to a listener of a share group, and what became of it. A
 * record that is released is delivered again: a span of its own.
 */
final class ShareDelivery {

	private final ConsumerRecord<?, ?> record;

	private final RunningSpan span;

	private final @Nullable ShareAckMode mode;

	private final Faults faults;

	private volatile boolean settled;

	private @Nullable Throwable error;

	ShareDelivery(ConsumerRecord<?, ?> record, RunningSpan span, @Nullable ShareAckMode mode, Faults faults) {
		this.record = record;
		this.span = span;
		this.mode = mode;
		this.faults = faults;
		span.makeCurrent();
	}

	boolean isOf(ConsumerRecord<?, ?> candidate) {
		return this.record == candidate;
	}

	/**
	 * The listener has acknowledged the record itself, on whichever thread. Without
	 * effect once the span has ended.
	 */
	void acknowledged(AcknowledgeType type) {
		this.settled = type != AcknowledgeType.RENEW;
		write(type);
	}

	void succeeded() {
		if (this.mode != ShareAckMode.MANUAL) {
			write(AcknowledgeType.ACCEPT);
		}
		this.span.end(null);
	}

	/**
	 * The listener has thrown. The span goes on until the recoverer has decided.
	 */
	void failed(Throwable error) {
		this.error = error;
		try {
			this.error = KafkaErrors.unwrap(error);
		}
		catch (Throwable ex) {
			// The exception is the user's: its getCause() can throw.
			this.faults.report("unwrapping an exception", ex);
		}
	}

	/**
	 * The recoverer has decided. That counts only where the container can act upon it.
	 */
	void recovered(@Nullable AcknowledgeType decision) {
		if (this.mode == ShareAckMode.IMPLICIT) {
			write(AcknowledgeType.ACCEPT);
		}
		else if (decision != null && !this.settled) {
			// Containers take a renewal for a rejection here.
			write((decision != AcknowledgeType.RENEW) ? decision : AcknowledgeType.REJECT);
		}
		this.span.end(this.error);
	}

	private void write(AcknowledgeType type) {
		try {
			this.span.span()
				.setAttribute(MessagingAttributes.KAFKA_SHARE_ACKNOWLEDGE_TYPE, type.name().toLowerCase(Locale.ROOT));
		}
		catch (Throwable ex) {
			this.faults.report("noting the acknowledgement of a record", ex);
		}
	}

	void close() {
		this.span.end(this.error);
		this.span.close();
	}

}
