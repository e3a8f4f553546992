// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.List;

import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.tracing.telemetry.wire.MetricSnapshot;

/**
 * Makes points of OTLP of those of a snapshot.
 */
final class SnapshotPoints {

	private SnapshotPoints() {
	}

	static NumberDataPoint translate(MetricSnapshot.NumberPoint record) {
		MetricSnapshot.Series series = record.series();
		NumberDataPoint.Builder point = NumberDataPoint.newBuilder()
			.addAllAttributes(OtlpValues.attributes(series.attributes()))
			.setStartTimeUnixNano(series.startEpochNanos())
			.setTimeUnixNano(series.epochNanos())
			.addAllExemplars(exemplars(series));
		return OtlpValues.setValue(point, record.value()).build();
	}

	static HistogramDataPoint translate(MetricSnapshot.HistogramPoint record) {
		MetricSnapshot.Series series = record.series();
		MetricSnapshot.Totals totals = record.totals();
		HistogramDataPoint.Builder point = HistogramDataPoint.newBuilder()
			.addAllAttributes(OtlpValues.attributes(series.attributes()))
			.setStartTimeUnixNano(series.startEpochNanos())
			.setTimeUnixNano(series.epochNanos())
			.setCount(totals.count())
			.setSum(totals.sum())
			.addAllExplicitBounds(record.bounds())
			.addAllBucketCounts(record.bucketCounts())
			.addAllExemplars(exemplars(series));
		if (totals.min() != null) {
			point.setMin(totals.min());
		}
		if (totals.max() != null) {
			point.setMax(totals.max());
		}
		return point.build();
	}

	static ExponentialHistogramDataPoint translate(MetricSnapshot.ExponentialPoint record) {
		MetricSnapshot.Series series = record.series();
		MetricSnapshot.Totals totals = record.totals();
		ExponentialHistogramDataPoint.Builder point = ExponentialHistogramDataPoint.newBuilder()
			.addAllAttributes(OtlpValues.attributes(series.attributes()))
			.setStartTimeUnixNano(series.startEpochNanos())
			.setTimeUnixNano(series.epochNanos())
			.setCount(totals.count())
			.setSum(totals.sum())
			.setScale(record.scale())
			.setZeroCount(record.zeroCount())
			.setZeroThreshold(record.zeroThreshold())
			.setPositive(translate(record.positive()))
			.setNegative(translate(record.negative()))
			.addAllExemplars(exemplars(series));
		if (totals.min() != null) {
			point.setMin(totals.min());
		}
		if (totals.max() != null) {
			point.setMax(totals.max());
		}
		return point.build();
	}

	private static ExponentialHistogramDataPoint.Buckets translate(MetricSnapshot.Buckets record) {
		return ExponentialHistogramDataPoint.Buckets.newBuilder()
			.setOffset(record.offset())
			.addAllBucketCounts(record.counts())
			.build();
	}

	static SummaryDataPoint translate(MetricSnapshot.SummaryPoint record) {
		MetricSnapshot.Series series = record.series();
		SummaryDataPoint.Builder point = SummaryDataPoint.newBuilder()
			.addAllAttributes(OtlpValues.attributes(series.attributes()))
			.setStartTimeUnixNano(series.startEpochNanos())
			.setTimeUnixNano(series.epochNanos())
			.setCount(record.count())
			.setSum(record.sum());
		for (MetricSnapshot.Quantile quantile : record.quantiles()) {
			point.addQuantileValues(SummaryDataPoint.ValueAtQuantile.newBuilder()
				.setQuantile(quantile.quantile())
				.setValue(quantile.value()));
		}
		return point.build();
	}

	private static List<Exemplar> exemplars(MetricSnapshot.Series series) {
		return series.exemplars().stream().map(SnapshotPoints::translate).toList();
	}

	private static Exemplar translate(MetricSnapshot.Exemplar record) {
		Exemplar.Builder exemplar = Exemplar.newBuilder()
			.addAllFilteredAttributes(OtlpValues.attributes(record.attributes()))
			.setTimeUnixNano(record.epochNanos())
			.setTraceId(OtlpValues.id(record.traceId()))
			.setSpanId(OtlpValues.id(record.spanId()));
		return OtlpValues.setValue(exemplar, record.value()).build();
	}

}
