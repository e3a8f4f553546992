// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Instant;
import java.util.List;

import com.google.protobuf.MessageLite;
import io.tracing.telemetry.wire.MalformedRecordException;

/**
 * Makes OTLP of the JSON records of one signal.
 *
 * @param <R> a record that was read, with all that its translation needs
 */
interface RecordTranslator<R> {

	/**
	 * Read one message.
	 * @param data the body
	 * @param subject the subject, which can name the service
	 * @param stored when the stream stored the message
	 * @return the record, which {@link #translate} takes without fail
	 * @throws MalformedRecordException if the body is no record of this signal
	 */
	R read(byte[] data, String subject, Instant stored) throws MalformedRecordException;

	/**
	 * Make one export request of some records.
	 * @param records what was read, at least one
	 * @return the request of OTLP, with one resource for each service
	 */
	MessageLite translate(List<R> records);

}
