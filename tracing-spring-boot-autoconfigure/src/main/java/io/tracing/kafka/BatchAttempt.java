// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to process a batch: its span, current from {@code intercept} until the
 * error handler is through, and the spans of its records.
 */
final class BatchAttempt {

	private final ConsumerRecords<?, ?> records;

	private final RunningSpan span;

	private final RecordSpans recordSpans;

	private boolean failed;

	private boolean skipped;

	BatchAttempt(ConsumerRecords<?, ?> records, RunningSpan span, RecordSpans recordSpans) {
		this.records = records;
		this.span = span;
		this.recordSpans = recordSpans;
	}

	/**
	 * The batch as it came from Kafka, with which a retry starts again.
	 */
	ConsumerRecords<?, ?> records() {
		return this.records;
	}

	boolean hasFailed() {
		return this.failed;
	}

	/**
	 * An interceptor took all records out: that is an outcome, though nobody may report
	 * another.
	 */
	void skip() {
		this.skipped = true;
	}

	void end(ConsumerRecords<?, ?> delivered, @Nullable Throwable error) {
		this.failed = error != null;
		try {
			this.recordSpans.end(delivered, error);
		}
		finally {
			this.span.end((error != null) ? KafkaErrors.unwrap(error) : null);
		}
	}

	/**
	 * Take the span off the thread. Ends it first if neither success nor failure was
	 * reported: after an {@code Error}, or where a container breaks off in the middle.
	 */
	void close() {
		if (this.skipped) {
			end(this.records, null);
		}
		String reason = "the container reported no outcome: the listener threw an Error, or it was stopped";
		this.recordSpans.abandon(reason);
		this.span.abandon(reason);
		this.span.close();
	}

}
