// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.kafka.listener.ShareConsumerRecordRecoverer;

/**
 * Hears what a share container's recoverer decides, while the span of the failed delivery
 * is still current: what the recoverer sends belongs to it.
 */
final class TracingShareRecoverer implements ShareConsumerRecordRecoverer {

	private final ShareConsumerRecordRecoverer delegate;

	TracingShareRecoverer(ShareConsumerRecordRecoverer delegate) {
		this.delegate = delegate;
	}

	@Override
	public AcknowledgeType recover(ConsumerRecord<?, ?> record, Exception exception) {
		ShareDelivery delivery = ShareConsumerThread.delivery();
		if (delivery == null || !delivery.isOf(record)) {
			return this.delegate.recover(record, exception);
		}
		// What the container falls back to if the recoverer throws.
		AcknowledgeType decision = AcknowledgeType.REJECT;
		try {
			decision = this.delegate.recover(record, exception);
			return decision;
		}
		finally {
			delivery.recovered(decision);
			ShareConsumerThread.closeCurrent();
		}
	}

}
