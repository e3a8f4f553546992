// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.MetricObservation;
import io.tracing.telemetry.wire.MetricRecord;
import io.tracing.telemetry.wire.MetricSnapshot;
import io.tracing.telemetry.wire.RecordReader;

/**
 * Makes OTLP of metric records: a snapshot is a metric, observations are added up for
 * each series.
 */
final class MetricTranslator implements RecordTranslator<ServiceRecord<MetricRecord>> {

	private final String otherwise;

	/**
	 * Create the translator.
	 * @param otherwise the service of records that name none and whose subject does not
	 */
	MetricTranslator(String otherwise) {
		this.otherwise = otherwise;
	}

	@Override
	public ServiceRecord<MetricRecord> read(byte[] data, String subject, Instant stored)
			throws MalformedRecordException {
		MetricRecord metric = RecordReader.readMetric(data);
		return ServiceRecord.of(metric.service(), subject, this.otherwise, timed(metric, stored));
	}

	/** An increment that does not say when it was can't be put into an interval. */
	private static MetricRecord timed(MetricRecord metric, Instant stored) {
		return (metric instanceof MetricObservation observation && observation.epochNanos() == 0)
				? new MetricObservation(observation.name(), observation.type(), observation.value(), observation.tags(),
						observation.service(), OtlpValues.epochNanos(stored))
				: metric;
	}

	@Override
	public MessageLite translate(List<ServiceRecord<MetricRecord>> records) {
		ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
		ServiceRecord.byService(records)
			.forEach((service,
					metrics) -> request.addResourceMetrics(ResourceMetrics.newBuilder()
						.setResource(OtlpValues.resource(service))
						.addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(translateAll(metrics)))));
		return request.build();
	}

	private static List<Metric> translateAll(List<MetricRecord> records) {
		List<Metric> metrics = new ArrayList<>();
		ObservedMetrics observed = new ObservedMetrics();
		for (MetricRecord record : records) {
			if (record instanceof MetricObservation observation) {
				observed.add(observation);
			}
			else if (record instanceof MetricSnapshot snapshot) {
				metrics.add(SnapshotMetrics.translate(snapshot));
			}
		}
		metrics.addAll(observed.toMetrics());
		return metrics;
	}

}
