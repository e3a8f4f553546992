// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.List;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.Signal;

/**
 * Understands as much of the encoded export requests of one signal as is needed to pass
 * them on: whether they are well-formed, how many records they have, and how to make two
 * of one.
 * <p>
 * Requests have nothing but one repeated field. So those that are well-formed can be
 * concatenated, and are one request.
 */
final class EncodedRequests {

	private final Signal signal;

	private final MessageFrame frame;

	EncodedRequests(Signal signal) {
		this.signal = signal;
		this.frame = MessageFrame.ofRequest(signal);
	}

	/**
	 * Count the records, which takes a walk along the lengths but decodes nothing.
	 * @param body the body of an export request
	 * @return the number of spans, log records or data points; zero for an empty request
	 * @throws MalformedRecordException if the body is no request, or has been cut
	 */
	int count(byte[] body) throws MalformedRecordException {
		return new MessageWalk(body).count(this.frame);
	}

	/**
	 * Split a request in two.
	 * @param body the body of an export request
	 * @return two requests with half of the records each, or this one if it has no two
	 * records
	 * @throws MalformedRecordException if the body can't be decoded
	 */
	List<byte[]> halves(byte[] body) throws MalformedRecordException {
		RequestRecords records = decode(body);
		int count = records.count();
		if (count < 2) {
			return List.of(body);
		}
		return List.of(records.slice(0, count / 2).toByteArray(), records.slice(count / 2, count).toByteArray());
	}

	private RequestRecords decode(byte[] body) throws MalformedRecordException {
		try {
			return switch (this.signal) {
				case SPANS -> new RequestSpans(ExportTraceServiceRequest.parseFrom(body));
				case LOGS -> new RequestLogs(ExportLogsServiceRequest.parseFrom(body));
				case METRICS -> new RequestPoints(ExportMetricsServiceRequest.parseFrom(body));
			};
		}
		catch (InvalidProtocolBufferException ex) {
			throw new MalformedRecordException("not an export request of OTLP: " + ex.getMessage());
		}
	}

}
