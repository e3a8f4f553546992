// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.HashMap;
import java.util.Map;

import io.opentelemetry.api.trace.SpanContext;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchListenerFailedException;

/**
 * The process spans of the single records of a batch, if there are to be any. They run as
 * long as the attempt does: from outside nobody can tell when the listener is busy with
 * which record. What tells them apart is how they end.
 */
final class RecordSpans {

	private final Map<Coordinates, RunningSpan> byRecord = new HashMap<>();

	private final Map<String, Sent> bySender = new HashMap<>();

	/**
	 * Take the running span of a record.
	 * @param record the record
	 * @param creation the context that it carries
	 * @param span its span
	 */
	void add(ConsumerRecord<?, ?> record, SpanContext creation, RunningSpan span) {
		this.byRecord.put(Coordinates.of(record), span);
		if (creation.isValid()) {
			// Of several records of one send span, the first stands for them: they are of
			// one trace anyway.
			this.bySender.putIfAbsent(creation.getSpanId(), new Sent(creation.getTraceId(), span));
		}
	}

	@Nullable RunningSpan of(ConsumerRecord<?, ?> record) {
		return this.byRecord.isEmpty() ? null : this.byRecord.get(Coordinates.of(record));
	}

	@Nullable RunningSpan sentBy(SpanContext creation) {
		Sent sent = this.bySender.get(creation.getSpanId());
		return (sent != null && sent.traceId.equals(creation.getTraceId())) ? sent.span : null;
	}

	/**
	 * End all spans with the outcome of the attempt. Where the listener said which record
	 * it failed at, only that one has failed: those before it are processed, those after
	 * it were not tried.
	 * @param delivered the records that the listener was given
	 * @param error what it threw, or {@code null} if it succeeded
	 */
	void end(ConsumerRecords<?, ?> delivered, @Nullable Throwable error) {
		if (error != null && !this.byRecord.isEmpty()) {
			Throwable cause = KafkaErrors.unwrap(error);
			BatchListenerFailedException partial = KafkaErrors.batchListenerFailed(error);
			ConsumerRecord<?, ?> failed = (partial != null) ? failed(delivered, partial) : null;
			if (failed != null) {
				end(failed, cause);
			}
			else {
				delivered.forEach((record) -> end(record, cause));
			}
		}
		this.byRecord.values().forEach((span) -> span.end(null));
	}

	private static @Nullable ConsumerRecord<?, ?> failed(ConsumerRecords<?, ?> delivered,
			BatchListenerFailedException failure) {
		ConsumerRecord<?, ?> named = failure.getRecord();
		Coordinates coordinates = (named != null) ? Coordinates.of(named) : null;
		int index = 0;
		for (ConsumerRecord<?, ?> record : delivered) {
			if ((coordinates != null) ? Coordinates.of(record).equals(coordinates) : index == failure.getIndex()) {
				return record;
			}
			index++;
		}
		// As Spring Kafka has it: who names a record that is not in the batch has failed
		// at all of it.
		return null;
	}

	private void end(ConsumerRecord<?, ?> record, Throwable error) {
		RunningSpan span = of(record);
		if (span != null) {
			span.end(error);
		}
	}

	void abandon(String reason) {
		this.byRecord.values().forEach((span) -> span.abandon(reason));
	}

	/**
	 * What tells a record from others, also if an interceptor has copied it.
	 *
	 * @param topic the topic
	 * @param partition the partition
	 * @param offset the offset
	 */
	private record Coordinates(String topic, int partition, long offset) {

		static Coordinates of(ConsumerRecord<?, ?> record) {
			return new Coordinates(record.topic(), record.partition(), record.offset());
		}

	}

	/**
	 * A span, by what it continues.
	 *
	 * @param traceId the trace that the record belongs to
	 * @param span the record's process span
	 */
	private record Sent(String traceId, RunningSpan span) {

	}

}
