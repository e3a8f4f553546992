// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;

/**
 * Telemetry as applications export it, each record with a number that tells it from
 * others.
 */
final class OtlpSamples {

	private static final long START = 1_700_000_000_000_000_000L;

	private OtlpSamples() {
	}

	/**
	 * Encode spans that are called {@code span-first} and so on.
	 * @param first the number of the first
	 * @param count how many
	 * @return the request
	 */
	static byte[] spans(int first, int count) {
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		var scope = request.addResourceSpansBuilder().setResource(resource("orders")).addScopeSpansBuilder();
		IntStream.range(first, first + count).forEach((number) -> scope.addSpans(span(number)));
		return request.build().toByteArray();
	}

	/**
	 * Encode one span with a name that is long.
	 * @param number the number of the span
	 * @param size how many bytes the request has, nearly
	 * @return the request
	 */
	static byte[] largeSpan(int number, int size) {
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		request.addResourceSpansBuilder()
			.setResource(resource("orders"))
			.addScopeSpansBuilder()
			.addSpans(span(number).toBuilder().setName("x".repeat(size - 200)));
		return request.build().toByteArray();
	}

	static Span span(int number) {
		return Span.newBuilder()
			.setTraceId(id(16, number))
			.setSpanId(id(8, number))
			.setName("span-" + number)
			.setKind(Span.SpanKind.SPAN_KIND_SERVER)
			.setStartTimeUnixNano(START + number)
			.setEndTimeUnixNano(START + number + 1_000_000)
			.addAttributes(attribute("number", number))
			.build();
	}

	static byte[] logs(int first, int count) {
		ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
		var scope = request.addResourceLogsBuilder().setResource(resource("orders")).addScopeLogsBuilder();
		IntStream.range(first, first + count)
			.forEach((number) -> scope.addLogRecords(LogRecord.newBuilder()
				.setTimeUnixNano(START + number)
				.setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
				.setBody(AnyValue.newBuilder().setStringValue("log-" + number))));
		return request.build().toByteArray();
	}

	static byte[] metrics(int first, int count) {
		ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
		var scope = request.addResourceMetricsBuilder().setResource(resource("orders")).addScopeMetricsBuilder();
		IntStream.range(first, first + count)
			.forEach((number) -> scope.addMetrics(Metric.newBuilder()
				.setName("metric-" + number)
				.setSum(Sum.newBuilder()
					.setIsMonotonic(true)
					.setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
					.addDataPoints(NumberDataPoint.newBuilder()
						.setStartTimeUnixNano(START)
						.setTimeUnixNano(START + number + 1)
						.setAsInt(number)))));
		return request.build().toByteArray();
	}

	/**
	 * Encode records of a signal.
	 * @param signal which records
	 * @param first the number of the first
	 * @param count how many
	 * @return the request
	 */
	static byte[] request(Signal signal, int first, int count) {
		return switch (signal) {
			case SPANS -> spans(first, count);
			case LOGS -> logs(first, count);
			case METRICS -> metrics(first, count);
		};
	}

	/**
	 * Write a record of a signal as the page's records have it.
	 * @param signal which record
	 * @param number its number
	 * @return the JSON
	 */
	static byte[] record(Signal signal, int number) {
		return switch (signal) {
			case SPANS -> spanRecord(number);
			case LOGS -> json("""
					{"level":"info","message":"log-%d","service":"dagnats-engine","fields":{"run_id":"r1"},\
					"timestamp":"2026-04-05T12:00:00.12Z"}""", number);
			case METRICS -> json("""
					{"name":"metric-%d","type":"counter","value":1,"tags":{"k":"v"},"service":"dagnats-engine",\
					"timestamp":"2026-04-05T12:00:00.12Z"}""", number);
		};
	}

	private static byte[] json(String template, int number) {
		return template.formatted(number).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Write a span as the page's records have it.
	 * @param number the number of the span
	 * @return the JSON
	 */
	static byte[] spanRecord(int number) {
		return """
				{"trace_id":"%032x","span_id":"%016x","name":"span-%d","service":"dagnats-engine","kind":"server",\
				"start_time":"2026-04-05T12:00:00.12Z","end_time":"2026-04-05T12:00:01.354567Z","duration_ms":1234,\
				"status":"ok","attributes":{"b":true,"n":42,"g":1.5,"run_id":"r1"}}"""
			.formatted(number + 1, number + 1, number)
			.getBytes(StandardCharsets.UTF_8);
	}

	private static Resource resource(String service) {
		return Resource.newBuilder()
			.addAttributes(KeyValue.newBuilder()
				.setKey("service.name")
				.setValue(AnyValue.newBuilder().setStringValue(service)))
			.build();
	}

	private static KeyValue attribute(String key, long value) {
		return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setIntValue(value)).build();
	}

	// An id of nothing but zeros is none.
	private static ByteString id(int length, int number) {
		return ByteString.copyFrom(ByteBuffer.allocate(length).putInt(length - 4, number + 1).array());
	}

}
