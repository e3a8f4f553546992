// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;

/**
 * The records that a backend took: themselves, or in a long run only how many there were
 * of each.
 */
final class KeptRecords {

	private final List<Received<Span>> spans = new ArrayList<>();

	private final List<Received<LogRecord>> logRecords = new ArrayList<>();

	private final List<Received<Metric>> metrics = new ArrayList<>();

	private final IdCounts spanIds = new IdCounts();

	private final IdCounts logRecordIds = new IdCounts();

	private final IdCounts metricIds = new IdCounts();

	private volatile boolean countOnly;

	void countOnly() {
		this.countOnly = true;
	}

	void keep(Message request) {
		if (request instanceof ExportTraceServiceRequest traces) {
			List<Received<Span>> received = spans(traces);
			received.forEach((span) -> this.spanIds.add(id(span.record())));
			keep(this.spans, received);
		}
		else if (request instanceof ExportLogsServiceRequest logs) {
			List<Received<LogRecord>> received = logRecords(logs);
			received.forEach((log) -> this.logRecordIds.add(hash(log.record())));
			keep(this.logRecords, received);
		}
		else if (request instanceof ExportMetricsServiceRequest measurements) {
			List<Received<Metric>> received = metrics(measurements);
			received.forEach((metric) -> this.metricIds.add(hash(metric.record())));
			keep(this.metrics, received);
		}
	}

	private <T> void keep(List<T> all, List<T> received) {
		if (!this.countOnly) {
			synchronized (all) {
				all.addAll(received);
			}
		}
	}

	static List<Received<Span>> spans(ExportTraceServiceRequest request) {
		List<Received<Span>> spans = new ArrayList<>();
		request.getResourceSpansList()
			.forEach((resource) -> resource.getScopeSpansList()
				.forEach((scope) -> scope.getSpansList()
					.forEach((span) -> spans.add(new Received<>(resource.getResource(), scope.getScope(), span)))));
		return spans;
	}

	static List<Received<LogRecord>> logRecords(ExportLogsServiceRequest request) {
		List<Received<LogRecord>> logs = new ArrayList<>();
		request.getResourceLogsList()
			.forEach((resource) -> resource.getScopeLogsList()
				.forEach((scope) -> scope.getLogRecordsList()
					.forEach((log) -> logs.add(new Received<>(resource.getResource(), scope.getScope(), log)))));
		return logs;
	}

	static List<Received<Metric>> metrics(ExportMetricsServiceRequest request) {
		List<Received<Metric>> metrics = new ArrayList<>();
		request.getResourceMetricsList()
			.forEach((resource) -> resource.getScopeMetricsList()
				.forEach((scope) -> scope.getMetricsList()
					.forEach((metric) -> metrics
						.add(new Received<>(resource.getResource(), scope.getScope(), metric)))));
		return metrics;
	}

	private static long id(Span span) {
		return ByteBuffer.wrap(span.getSpanId().toByteArray()).getLong();
	}

	// FNV-1a: what has no id is told apart by its bytes.
	private static long hash(Message message) {
		long hash = 0xcbf29ce484222325L;
		for (byte value : message.toByteArray()) {
			hash = (hash ^ value) * 0x100000001b3L;
		}
		return hash;
	}

	List<Received<Span>> spans() {
		return copy(this.spans);
	}

	List<Received<LogRecord>> logRecords() {
		return copy(this.logRecords);
	}

	List<Received<Metric>> metrics() {
		return copy(this.metrics);
	}

	private static <T> List<T> copy(List<T> all) {
		synchronized (all) {
			return List.copyOf(all);
		}
	}

	IdCounts counts(Signal signal) {
		return switch (signal) {
			case SPANS -> this.spanIds;
			case LOGS -> this.logRecordIds;
			case METRICS -> this.metricIds;
		};
	}

}
