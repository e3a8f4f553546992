// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.tracing.telemetry.wire.MetricObservation;

/**
 * The observations of one service, added up for each series. Counters and histograms
 * become deltas: the bridge has no state that a restart, or another bridge on the same
 * durable, could contradict.
 */
final class ObservedMetrics {

	private final Map<Key, Map<Map<String, String>, List<MetricObservation>>> metrics = new LinkedHashMap<>();

	/**
	 * A metric. Nothing forbids two of one name.
	 */
	private record Key(String name, MetricObservation.Type type) {
	}

	void add(MetricObservation observation) {
		this.metrics.computeIfAbsent(new Key(observation.name(), observation.type()), (key) -> new LinkedHashMap<>())
			.computeIfAbsent(observation.tags(), (tags) -> new ArrayList<>())
			.add(observation);
	}

	List<Metric> toMetrics() {
		List<Metric> result = new ArrayList<>(this.metrics.size());
		this.metrics.forEach((key, series) -> result.add(translate(key, series)));
		return result;
	}

	private static Metric translate(Key key, Map<Map<String, String>, List<MetricObservation>> series) {
		Metric.Builder metric = Metric.newBuilder().setName(key.name()).setUnit(unit(key));
		switch (key.type()) {
			case COUNTER -> {
				Sum.Builder sum = metric.getSumBuilder()
					.setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
					.setIsMonotonic(true);
				series.values().forEach((observations) -> sum.addDataPoints(ObservedPoints.sum(observations)));
			}
			case GAUGE -> {
				Gauge.Builder gauge = metric.getGaugeBuilder();
				series.values().forEach((observations) -> gauge.addDataPoints(ObservedPoints.last(observations)));
			}
			case HISTOGRAM -> {
				Histogram.Builder histogram = metric.getHistogramBuilder()
					.setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA);
				series.values()
					.forEach((observations) -> histogram.addDataPoints(ObservedPoints.distribution(observations)));
			}
		}
		return metric.build();
	}

	/** The unit, which the records don't have, as far as the name tells. */
	private static String unit(Key key) {
		if (key.name().endsWith("_ms")) {
			return "ms";
		}
		return (key.type() == MetricObservation.Type.COUNTER) ? "1" : "";
	}

}
