// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.tracing.telemetry.wire.MetricObservation;
import io.tracing.telemetry.wire.MetricObservation.Type;
import io.tracing.telemetry.wire.TelemetrySubjects;

/**
 * Metrics as JSON records, one for each data point. These know increments, current values
 * and single observations. The SDK has no single observations left: a histogram becomes
 * {@code {name}.count} and {@code {name}.sum}, which are counters, and {@code {name}.min}
 * and {@code {name}.max}, which are gauges. Units and descriptions are lost.
 */
final class MetricRecords {

	private final List<RecordEncoding.JsonRecord> records = new ArrayList<>();

	private final MetricData metric;

	private final String service;

	private MetricRecords(MetricData metric) {
		this.metric = metric;
		this.service = ServiceName.of(metric.getResource());
	}

	static List<RecordEncoding.JsonRecord> of(MetricData metric) {
		return new MetricRecords(metric).collect();
	}

	private List<RecordEncoding.JsonRecord> collect() {
		switch (this.metric.getType()) {
			case LONG_SUM -> addLongs(this.metric.getLongSumData().getPoints(), type(this.metric.getLongSumData()));
			case DOUBLE_SUM ->
				addDoubles(this.metric.getDoubleSumData().getPoints(), type(this.metric.getDoubleSumData()));
			case LONG_GAUGE -> addLongs(this.metric.getLongGaugeData().getPoints(), Type.GAUGE);
			case DOUBLE_GAUGE -> addDoubles(this.metric.getDoubleGaugeData().getPoints(), Type.GAUGE);
			case HISTOGRAM -> {
				Type type = type(this.metric.getHistogramData().getAggregationTemporality());
				this.metric.getHistogramData().getPoints().forEach((point) -> addHistogram(point, type));
			}
			case EXPONENTIAL_HISTOGRAM -> {
				Type type = type(this.metric.getExponentialHistogramData().getAggregationTemporality());
				this.metric.getExponentialHistogramData().getPoints().forEach((point) -> addHistogram(point, type));
			}
			case SUMMARY -> this.metric.getSummaryData().getPoints().forEach(this::addSummary);
		}
		return this.records;
	}

	/** What goes down as well as up can only be said as it is. */
	private static Type type(SumData<?> sum) {
		return sum.isMonotonic() ? type(sum.getAggregationTemporality()) : Type.GAUGE;
	}

	private static Type type(AggregationTemporality temporality) {
		return (temporality == AggregationTemporality.DELTA) ? Type.COUNTER : Type.GAUGE;
	}

	private void addLongs(Iterable<LongPointData> points, Type type) {
		points.forEach((point) -> add("", type, point.getValue(), point));
	}

	private void addDoubles(Iterable<DoublePointData> points, Type type) {
		points.forEach((point) -> add("", type, point.getValue(), point));
	}

	private void addHistogram(HistogramPointData point, Type type) {
		add(".count", type, point.getCount(), point);
		add(".sum", type, point.getSum(), point);
		if (point.hasMin()) {
			add(".min", Type.GAUGE, point.getMin(), point);
		}
		if (point.hasMax()) {
			add(".max", Type.GAUGE, point.getMax(), point);
		}
	}

	private void addHistogram(ExponentialHistogramPointData point, Type type) {
		add(".count", type, point.getCount(), point);
		add(".sum", type, point.getSum(), point);
		if (point.hasMin()) {
			add(".min", Type.GAUGE, point.getMin(), point);
		}
		if (point.hasMax()) {
			add(".max", Type.GAUGE, point.getMax(), point);
		}
	}

	private void addSummary(SummaryPointData point) {
		add(".count", Type.GAUGE, point.getCount(), point);
		add(".sum", Type.GAUGE, point.getSum(), point);
	}

	private void add(String suffix, Type type, Number value, PointData point) {
		MetricObservation record = new MetricObservation(this.metric.getName() + suffix, type, value,
				RecordAttributes.tags(point.getAttributes()), this.service, point.getEpochNanos());
		this.records.add(new RecordEncoding.JsonRecord(TelemetrySubjects.of(record), null,
				Double.isFinite(value.doubleValue()), (writer) -> writer.write(record)));
	}

}
