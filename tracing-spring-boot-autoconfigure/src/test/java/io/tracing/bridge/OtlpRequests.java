// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;

/**
 * Encoded export requests with one record each.
 */
final class OtlpRequests {

	private static final AtomicLong IDS = new AtomicLong();

	private static final long TIME = 1_700_000_000_000_000_000L;

	private static final Resource ORDERS = Resource.newBuilder().addAttributes(text("service.name", "orders")).build();

	private OtlpRequests() {
	}

	static List<byte[]> of(Signal signal) {
		return List.of(switch (signal) {
			case SPANS -> traces(span().build()).toByteArray();
			case LOGS -> logs().toByteArray();
			case METRICS -> metrics().toByteArray();
		});
	}

	/**
	 * Return a request that needs many packets.
	 * @param length how long it is at least
	 * @return the request
	 */
	static List<byte[]> largeSpans(int length) {
		return List.of(traces(span().addAttributes(text("filler", "x".repeat(length))).build()).toByteArray());
	}

	private static Span.Builder span() {
		long id = IDS.incrementAndGet();
		return Span.newBuilder()
			.setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(id).putLong(id).array()))
			.setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).array()))
			.setName("GET /orders")
			.setStartTimeUnixNano(TIME)
			.setEndTimeUnixNano(TIME + 1);
	}

	private static ExportTraceServiceRequest traces(Span span) {
		return ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.setResource(ORDERS)
				.addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
			.build();
	}

	private static ExportLogsServiceRequest logs() {
		LogRecord log = LogRecord.newBuilder()
			.setTimeUnixNano(TIME)
			.setBody(AnyValue.newBuilder().setStringValue("order placed"))
			.build();
		return ExportLogsServiceRequest.newBuilder()
			.addResourceLogs(ResourceLogs.newBuilder()
				.setResource(ORDERS)
				.addScopeLogs(ScopeLogs.newBuilder().addLogRecords(log)))
			.build();
	}

	private static ExportMetricsServiceRequest metrics() {
		NumberDataPoint point = NumberDataPoint.newBuilder().setTimeUnixNano(TIME).setAsInt(1).build();
		Metric metric = Metric.newBuilder()
			.setName("orders.open")
			.setGauge(Gauge.newBuilder().addDataPoints(point))
			.build();
		return ExportMetricsServiceRequest.newBuilder()
			.addResourceMetrics(ResourceMetrics.newBuilder()
				.setResource(ORDERS)
				.addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric)))
			.build();
	}

	private static KeyValue text(String key, String value) {
		return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
	}

}
