// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.micrometer.observation.Observation;
import io.opentelemetry.context.Context;
import io.tracing.messaging.Faults;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to process a batch: its span, current from {@code intercept} until the
 * error handler is through, and the spans of its records. They run on if the listener has
 * returned a future.
 */
final class BatchAttempt {

	private final ConsumerRecords<?, ?> records;

	private final RunningSpan span;

	private final RecordSpans recordSpans;

	private boolean failed;

	private boolean skipped;

	private @Nullable BatchResults results;

	private ConsumerRecords<?, ?> delivered;

	private @Nullable Throwable thrown;

	BatchAttempt(ConsumerRecords<?, ?> records, RunningSpan span, RecordSpans recordSpans) {
		this.records = records;
		this.delivered = records;
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

	/**
	 * What the listener's adapter observes: its calls and their results.
	 */
	Observation observation(ListenerThread listener, Faults faults) {
		BatchResults results = this.results;
		if (results == null) {
			results = new BatchResults(this, listener, faults);
			this.results = results;
		}
		return results.observation();
	}

	Context context() {
		return this.span.context();
	}

	/**
	 * Only if the container does not report it: an {@code Error}.
	 */
	void thrown(Throwable error) {
		this.thrown = error;
	}

	/**
	 * The container reports how the listener came out. Ends the spans, unless a result is
	 * still to come.
	 */
	void end(ConsumerRecords<?, ?> delivered, @Nullable Throwable error) {
		this.failed = error != null;
		this.delivered = delivered;
		if (this.results != null && error == null) {
			this.results.leave();
		}
		else {
			complete(error);
		}
	}

	/**
	 * Nothing is to come any more.
	 */
	void complete(@Nullable Throwable error) {
		try {
			this.recordSpans.end(this.delivered, error);
		}
		finally {
			this.span.end((error != null) ? KafkaErrors.unwrap(error) : null);
		}
	}

	void abandon(String reason) {
		this.recordSpans.abandon(reason);
		this.span.abandon(reason);
	}

	/**
	 * Take the span off the thread. Ends it first if neither success nor failure was
	 * reported: after an {@code Error}, or where a container breaks off in the middle.
	 * Leaves it running if a result is still to come.
	 */
	void close() {
		if (this.skipped) {
			end(this.records, null);
		}
		if (this.results == null || !this.results.isLeft()) {
			if (this.thrown != null) {
				complete(this.thrown);
			}
			abandon("the container reported no outcome: the listener threw an Error, or it was stopped");
		}
		this.span.close();
	}

}
