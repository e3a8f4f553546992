// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads the points of a metric with field names in camel case.
 */
final class CamelCasePoints {

	private CamelCasePoints() {
	}

	static List<MetricSnapshot.NumberPoint> numbers(List<JsonObject> points) throws MalformedRecordException {
		List<MetricSnapshot.NumberPoint> numbers = new ArrayList<>(points.size());
		for (JsonObject point : points) {
			numbers.add(new MetricSnapshot.NumberPoint(series(point), value(point)));
		}
		return numbers;
	}

	static List<MetricSnapshot.HistogramPoint> histograms(List<JsonObject> points) throws MalformedRecordException {
		List<MetricSnapshot.HistogramPoint> histograms = new ArrayList<>(points.size());
		for (JsonObject point : points) {
			List<Double> bounds = point.numbers("Bounds");
			List<Long> counts = point.counts("BucketCounts");
			checkBuckets(bounds, counts);
			histograms.add(new MetricSnapshot.HistogramPoint(series(point), totals(point), bounds, counts));
		}
		return histograms;
	}

	private static void checkBuckets(List<Double> bounds, List<Long> counts) throws MalformedRecordException {
		if (counts.size() != bounds.size() + 1 && !(counts.isEmpty() && bounds.isEmpty())) {
			throw new MalformedRecordException("'BucketCounts' must be one more than 'Bounds'");
		}
		for (int i = 1; i < bounds.size(); i++) {
			if (bounds.get(i) <= bounds.get(i - 1)) {
				throw new MalformedRecordException("'Bounds' must grow");
			}
		}
	}

	static List<MetricSnapshot.ExponentialPoint> exponential(List<JsonObject> points) throws MalformedRecordException {
		List<MetricSnapshot.ExponentialPoint> histograms = new ArrayList<>(points.size());
		for (JsonObject point : points) {
			histograms.add(new MetricSnapshot.ExponentialPoint(series(point), totals(point), point.integer("Scale"),
					point.count("ZeroCount"), point.number("ZeroThreshold"), buckets(point, "PositiveBucket"),
					buckets(point, "NegativeBucket")));
		}
		return histograms;
	}

	private static MetricSnapshot.Buckets buckets(JsonObject point, String name) throws MalformedRecordException {
		JsonObject buckets = point.optionalObject(name);
		return (buckets != null) ? new MetricSnapshot.Buckets(buckets.integer("Offset"), buckets.counts("Counts"))
				: new MetricSnapshot.Buckets(0, List.of());
	}

	static List<MetricSnapshot.SummaryPoint> summaries(List<JsonObject> points) throws MalformedRecordException {
		List<MetricSnapshot.SummaryPoint> summaries = new ArrayList<>(points.size());
		for (JsonObject point : points) {
			List<MetricSnapshot.Quantile> quantiles = new ArrayList<>();
			for (JsonObject quantile : point.objects("QuantileValues")) {
				quantiles.add(new MetricSnapshot.Quantile(quantile(quantile), quantile.number("Value")));
			}
			summaries.add(new MetricSnapshot.SummaryPoint(series(point), point.count("Count"), point.number("Sum"),
					quantiles));
		}
		return summaries;
	}

	private static double quantile(JsonObject json) throws MalformedRecordException {
		double quantile = json.number("Quantile");
		if (quantile < 0 || quantile > 1) {
			throw new MalformedRecordException("'Quantile' must be from 0 to 1");
		}
		return quantile;
	}

	private static MetricSnapshot.Totals totals(JsonObject point) throws MalformedRecordException {
		return new MetricSnapshot.Totals(point.count("Count"), point.number("Sum"), optional(point, "Min"),
				optional(point, "Max"));
	}

	private static @Nullable Double optional(JsonObject point, String name) throws MalformedRecordException {
		Number number = point.optionalNumber(name);
		return (number != null) ? number.doubleValue() : null;
	}

	private static MetricSnapshot.Series series(JsonObject point) throws MalformedRecordException {
		return new MetricSnapshot.Series(TypedAttributes.read(point, "Attributes"), point.time("StartTime"),
				point.time("Time"), exemplars(point));
	}

	private static List<MetricSnapshot.Exemplar> exemplars(JsonObject point) throws MalformedRecordException {
		List<MetricSnapshot.Exemplar> exemplars = new ArrayList<>();
		for (JsonObject exemplar : point.objects("Exemplars")) {
			exemplars.add(new MetricSnapshot.Exemplar(TypedAttributes.read(exemplar, "FilteredAttributes"),
					exemplar.time("Time"), value(exemplar), Ids.optionalTraceId(exemplar, "TraceID"),
					Ids.optionalSpanId(exemplar, "SpanID")));
		}
		return exemplars;
	}

	/** The value, which records that were made by hand call {@code Int}. */
	private static Number value(JsonObject point) throws MalformedRecordException {
		Number value = point.optionalNumber("Value");
		if (value == null) {
			value = point.optionalNumber("Int");
		}
		if (value == null) {
			throw new MalformedRecordException("a point must have the field 'Value'");
		}
		return value;
	}

}
