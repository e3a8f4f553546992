// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import io.tracing.telemetry.wire.RecordWriter;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * One JSON record a message.
 *
 * @param <T> what is exported
 */
final class RecordEncoding<T> implements BatchEncoding<T> {

	private final StreamPublisher publisher;

	private final Signal signal;

	private final Function<T, List<JsonRecord>> records;

	RecordEncoding(StreamPublisher publisher, Signal signal, Function<T, List<JsonRecord>> records) {
		this.publisher = publisher;
		this.signal = signal;
		this.records = records;
	}

	@Override
	public boolean publish(Collection<T> batch) {
		RecordWriter writer = new RecordWriter((int) Math.min(this.publisher.maxBody(), Integer.MAX_VALUE));
		boolean complete = true;
		for (T item : batch) {
			complete &= publish(item, writer);
		}
		return complete;
	}

	private boolean publish(T item, RecordWriter writer) {
		boolean complete = true;
		try {
			for (JsonRecord record : this.records.apply(item)) {
				complete &= publish(record, writer);
			}
		}
		catch (RuntimeException ex) {
			// Such as an attribute that is not what its type says.
			this.publisher.drop(this.signal, DropReason.UNENCODABLE, 1, "it can't be encoded: " + ex);
			return false;
		}
		return complete;
	}

	private boolean publish(JsonRecord record, RecordWriter writer) {
		byte[] body = record.body().apply(writer);
		if (body != null) {
			return this.publisher.accept(this.signal, record.subject(), body, record.id());
		}
		if (record.isFinite()) {
			this.publisher.drop(this.signal, DropReason.TOO_LARGE, 1,
					"its record is larger than the %d bytes that the server takes: raise its max_payload"
						.formatted(this.publisher.maxBody()));
		}
		else {
			this.publisher.drop(this.signal, DropReason.UNENCODABLE, 1, "JSON has no number for its value");
		}
		return false;
	}

	/**
	 * A record to be written.
	 *
	 * @param subject its subject
	 * @param id what the stream tells repetitions by, {@code null} for one of the
	 * publisher's
	 * @param isFinite whether its value, if it has one, is a number in JSON
	 * @param body writes it, or returns {@code null} if it can't
	 */
	record JsonRecord(String subject, @Nullable String id, boolean isFinite, Body body) {

	}

	/** Writes a record. */
	interface Body {

		byte @Nullable [] apply(RecordWriter writer);

	}

}
