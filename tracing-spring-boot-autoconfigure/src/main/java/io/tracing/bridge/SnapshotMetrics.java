// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.tracing.telemetry.wire.MetricSnapshot;

/**
 * Makes a metric of OTLP of a snapshot, which has the same kinds.
 */
final class SnapshotMetrics {

	private SnapshotMetrics() {
	}

	static Metric translate(MetricSnapshot snapshot) {
		Metric.Builder metric = Metric.newBuilder()
			.setName(snapshot.name())
			.setDescription(snapshot.description())
			.setUnit(snapshot.unit());
		MetricSnapshot.Data data = snapshot.data();
		if (data instanceof MetricSnapshot.Gauge gauge) {
			metric.setGauge(translate(gauge));
		}
		else if (data instanceof MetricSnapshot.Sum sum) {
			metric.setSum(translate(sum));
		}
		else if (data instanceof MetricSnapshot.Histogram histogram) {
			metric.setHistogram(translate(histogram));
		}
		else if (data instanceof MetricSnapshot.ExponentialHistogram histogram) {
			metric.setExponentialHistogram(translate(histogram));
		}
		else if (data instanceof MetricSnapshot.Summary summary) {
			metric.setSummary(translate(summary));
		}
		return metric.build();
	}

	private static Gauge translate(MetricSnapshot.Gauge data) {
		Gauge.Builder gauge = Gauge.newBuilder();
		data.points().forEach((point) -> gauge.addDataPoints(SnapshotPoints.translate(point)));
		return gauge.build();
	}

	private static Sum translate(MetricSnapshot.Sum data) {
		Sum.Builder sum = Sum.newBuilder()
			.setAggregationTemporality(translate(data.temporality()))
			.setIsMonotonic(data.monotonic());
		data.points().forEach((point) -> sum.addDataPoints(SnapshotPoints.translate(point)));
		return sum.build();
	}

	private static Histogram translate(MetricSnapshot.Histogram data) {
		Histogram.Builder histogram = Histogram.newBuilder().setAggregationTemporality(translate(data.temporality()));
		data.points().forEach((point) -> histogram.addDataPoints(SnapshotPoints.translate(point)));
		return histogram.build();
	}

	private static ExponentialHistogram translate(MetricSnapshot.ExponentialHistogram data) {
		ExponentialHistogram.Builder histogram = ExponentialHistogram.newBuilder()
			.setAggregationTemporality(translate(data.temporality()));
		data.points().forEach((point) -> histogram.addDataPoints(SnapshotPoints.translate(point)));
		return histogram.build();
	}

	private static Summary translate(MetricSnapshot.Summary data) {
		Summary.Builder summary = Summary.newBuilder();
		data.points().forEach((point) -> summary.addDataPoints(SnapshotPoints.translate(point)));
		return summary.build();
	}

	private static AggregationTemporality translate(MetricSnapshot.Temporality temporality) {
		return switch (temporality) {
			case DELTA -> AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
			case CUMULATIVE -> AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
			case UNSPECIFIED -> AggregationTemporality.AGGREGATION_TEMPORALITY_UNSPECIFIED;
		};
	}

}
