// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.List;

/**
 * Reads a metric with field names in camel case: an envelope around the data types of the
 * producer's SDK, in the JSON that its language makes of them. Nothing in it names the
 * kind of the instrument; the fields that it has tell.
 * <p>
 * The envelope's {@code timestamp} is not read. It is when the record was published,
 * which OTLP has no place for and a point does not need: it has a time of its own.
 */
final class CamelCaseMetric {

	private static final String POINTS = "DataPoints";

	private CamelCaseMetric() {
	}

	static MetricSnapshot read(JsonObject json, JsonObject data) throws MalformedRecordException {
		return new MetricSnapshot(json.requiredText("name"), json.text("description"), json.text("unit"),
				json.text("serviceName"), data(data));
	}

	private static MetricSnapshot.Data data(JsonObject data) throws MalformedRecordException {
		List<JsonObject> points = data.objects(POINTS);
		if (data.has("IsMonotonic")) {
			return new MetricSnapshot.Sum(CamelCasePoints.numbers(points), temporality(data),
					data.isTrue("IsMonotonic"));
		}
		JsonObject point = points.isEmpty() ? null : points.get(0);
		if (point == null) {
			return data.has("Temporality") ? new MetricSnapshot.Histogram(List.of(), temporality(data))
					: new MetricSnapshot.Gauge(List.of());
		}
		if (point.has("BucketCounts")) {
			return new MetricSnapshot.Histogram(CamelCasePoints.histograms(points), temporality(data));
		}
		if (point.has("Scale")) {
			return new MetricSnapshot.ExponentialHistogram(CamelCasePoints.exponential(points), temporality(data));
		}
		if (point.has("QuantileValues")) {
			return new MetricSnapshot.Summary(CamelCasePoints.summaries(points));
		}
		return new MetricSnapshot.Gauge(CamelCasePoints.numbers(points));
	}

	private static MetricSnapshot.Temporality temporality(JsonObject data) throws MalformedRecordException {
		return switch (data.text("Temporality")) {
			case "CumulativeTemporality" -> MetricSnapshot.Temporality.CUMULATIVE;
			case "DeltaTemporality" -> MetricSnapshot.Temporality.DELTA;
			default -> MetricSnapshot.Temporality.UNSPECIFIED;
		};
	}

}
