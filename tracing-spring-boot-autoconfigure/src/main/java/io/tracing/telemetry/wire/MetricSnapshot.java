// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All points of an instrument at one collection. When it was published is not kept: each
 * point says when it was collected.
 *
 * @param name the name of the metric
 * @param description the description
 * @param unit the unit
 * @param service the service, empty if the record does not name it
 * @param data the points
 */
public record MetricSnapshot(String name, String description, String unit, String service,
		Data data) implements MetricRecord {

	/**
	 * What a series is compared with.
	 */
	public enum Temporality {

		/** Not said. */
		UNSPECIFIED,

		/** The point before. */
		DELTA,

		/** The start of the process. */
		CUMULATIVE

	}

	/**
	 * The points, by the kind of the instrument.
	 */
	public sealed interface Data permits Gauge, Sum, Histogram, ExponentialHistogram, Summary {

	}

	/**
	 * Values that stand for themselves.
	 *
	 * @param points the points
	 */
	public record Gauge(List<NumberPoint> points) implements Data {
	}

	/**
	 * Values that add up.
	 *
	 * @param points the points
	 * @param temporality the temporality
	 * @param monotonic whether the values only grow
	 */
	public record Sum(List<NumberPoint> points, Temporality temporality, boolean monotonic) implements Data {
	}

	/**
	 * Distributions over given buckets.
	 *
	 * @param points the points
	 * @param temporality the temporality
	 */
	public record Histogram(List<HistogramPoint> points, Temporality temporality) implements Data {
	}

	/**
	 * Distributions over buckets that grow exponentially.
	 *
	 * @param points the points
	 * @param temporality the temporality
	 */
	public record ExponentialHistogram(List<ExponentialPoint> points, Temporality temporality) implements Data {
	}

	/**
	 * Quantiles.
	 *
	 * @param points the points
	 */
	public record Summary(List<SummaryPoint> points) implements Data {
	}

	/**
	 * What every point has.
	 *
	 * @param attributes the attributes, with values as those of {@link SpanRecord}
	 * @param startEpochNanos the start of the series
	 * @param epochNanos when it was collected
	 * @param exemplars measurements with the spans that made them
	 */
	public record Series(Map<String, @Nullable Object> attributes, long startEpochNanos, long epochNanos,
			List<Exemplar> exemplars) {
	}

	/**
	 * One number.
	 *
	 * @param series what every point has
	 * @param value a {@code Long} or a {@code Double}
	 */
	public record NumberPoint(Series series, Number value) {
	}

	/**
	 * One distribution over given buckets.
	 *
	 * @param series what every point has
	 * @param totals what is known of all values
	 * @param bounds the inclusive upper bounds of all buckets but the last
	 * @param bucketCounts how many values are in each bucket
	 */
	public record HistogramPoint(Series series, Totals totals, List<Double> bounds, List<Long> bucketCounts) {
	}

	/**
	 * One distribution over buckets that grow exponentially.
	 *
	 * @param series what every point has
	 * @param totals what is known of all values
	 * @param scale the resolution
	 * @param zeroCount how many values are as good as zero
	 * @param zeroThreshold what is as good as zero
	 * @param positive the buckets of the positive values
	 * @param negative the buckets of the negative values
	 */
	public record ExponentialPoint(Series series, Totals totals, int scale, long zeroCount, double zeroThreshold,
			Buckets positive, Buckets negative) {
	}

	/**
	 * What is known of all values of a distribution.
	 *
	 * @param count how many there are
	 * @param sum their sum
	 * @param min the smallest, if it is known
	 * @param max the largest, if it is known
	 */
	public record Totals(long count, double sum, @Nullable Double min, @Nullable Double max) {
	}

	/**
	 * Buckets in a row.
	 *
	 * @param offset the index of the first
	 * @param counts how many values are in each
	 */
	public record Buckets(int offset, List<Long> counts) {
	}

	/**
	 * The quantiles of one series.
	 *
	 * @param series what every point has
	 * @param count how many values there are
	 * @param sum their sum
	 * @param quantiles the quantiles
	 */
	public record SummaryPoint(Series series, long count, double sum, List<Quantile> quantiles) {
	}

	/**
	 * One quantile.
	 *
	 * @param quantile which, from 0 to 1
	 * @param value its value
	 */
	public record Quantile(double quantile, double value) {
	}

	/**
	 * One measurement, and the span that made it.
	 *
	 * @param attributes the attributes that the series does not have
	 * @param epochNanos when it was measured
	 * @param value a {@code Long} or a {@code Double}
	 * @param traceId 32 hex digits, or empty
	 * @param spanId 16 hex digits, or empty
	 */
	public record Exemplar(Map<String, @Nullable Object> attributes, long epochNanos, Number value, String traceId,
			String spanId) {
	}

}
