// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.Arrays;
import java.util.List;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracing.telemetry.wire.MetricObservation;

/**
 * Makes one point of the observations of one series.
 */
final class ObservedPoints {

	// Those of OpenTelemetry's SDKs.
	private static final double[] BOUNDS = { 0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500,
			10_000 };

	private ObservedPoints() {
	}

	/**
	 * The sum of some increments.
	 * @param observations the observations, at least one
	 */
	static NumberDataPoint sum(List<MetricObservation> observations) {
		NumberDataPoint.Builder point = NumberDataPoint.newBuilder()
			.addAllAttributes(attributes(observations))
			.setStartTimeUnixNano(start(observations))
			.setTimeUnixNano(end(observations));
		return OtlpValues.setValue(point, total(observations)).build();
	}

	private static Number total(List<MetricObservation> observations) {
		double sum = 0;
		long exact = 0;
		boolean whole = true;
		for (MetricObservation observation : observations) {
			sum += observation.value().doubleValue();
			// Increments are not negative, so a sum that is has overflowed.
			exact += observation.value().longValue();
			whole &= observation.value() instanceof Long && exact >= 0;
		}
		return whole ? (Number) exact : (Number) sum;
	}

	/**
	 * The latest of some values.
	 * @param observations the observations, at least one
	 */
	static NumberDataPoint last(List<MetricObservation> observations) {
		MetricObservation last = observations.get(0);
		for (MetricObservation observation : observations) {
			last = (observation.epochNanos() >= last.epochNanos()) ? observation : last;
		}
		NumberDataPoint.Builder point = NumberDataPoint.newBuilder()
			.addAllAttributes(attributes(observations))
			.setTimeUnixNano(last.epochNanos());
		return OtlpValues.setValue(point, last.value()).build();
	}

	/**
	 * How some values are distributed.
	 * @param observations the observations, at least one
	 */
	static HistogramDataPoint distribution(List<MetricObservation> observations) {
		long[] buckets = new long[BOUNDS.length + 1];
		double sum = 0;
		double min = Double.POSITIVE_INFINITY;
		double max = Double.NEGATIVE_INFINITY;
		for (MetricObservation observation : observations) {
			double value = observation.value().doubleValue();
			buckets[bucket(value)]++;
			sum += value;
			min = Math.min(min, value);
			max = Math.max(max, value);
		}
		HistogramDataPoint.Builder point = HistogramDataPoint.newBuilder()
			.addAllAttributes(attributes(observations))
			.setStartTimeUnixNano(start(observations))
			.setTimeUnixNano(end(observations))
			.setCount(observations.size())
			.setSum(sum)
			.setMin(min)
			.setMax(max);
		Arrays.stream(buckets).forEach(point::addBucketCounts);
		Arrays.stream(BOUNDS).forEach(point::addExplicitBounds);
		return point.build();
	}

	/** The bucket of a value: its bounds are the largest values in them. */
	private static int bucket(double value) {
		int index = Arrays.binarySearch(BOUNDS, value);
		return (index < 0) ? -index - 1 : index;
	}

	/**
	 * When the interval starts in which the observations were made. OTLP leaves the start
	 * out of the interval, so it is right before the first of them; an interval that
	 * starts when it ends would be empty.
	 */
	private static long start(List<MetricObservation> observations) {
		return observations.stream().mapToLong(MetricObservation::epochNanos).min().orElseThrow() - 1;
	}

	private static long end(List<MetricObservation> observations) {
		return observations.stream().mapToLong(MetricObservation::epochNanos).max().orElseThrow();
	}

	private static List<KeyValue> attributes(List<MetricObservation> observations) {
		return OtlpValues.attributes(observations.get(0).tags());
	}

}
