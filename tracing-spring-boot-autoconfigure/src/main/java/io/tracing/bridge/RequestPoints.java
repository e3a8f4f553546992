// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;

/**
 * The data points of a request. A metric that is in two slices is there with some of its
 * points in each.
 *
 * @param request the request
 */
record RequestPoints(ExportMetricsServiceRequest request) implements RequestRecords {

	@Override
	public int count() {
		return this.request.getResourceMetricsList()
			.stream()
			.flatMap((resource) -> resource.getScopeMetricsList().stream())
			.flatMap((scope) -> scope.getMetricsList().stream())
			.mapToInt(RequestPoints::count)
			.sum();
	}

	private static int count(Metric metric) {
		return switch (metric.getDataCase()) {
			case GAUGE -> metric.getGauge().getDataPointsCount();
			case SUM -> metric.getSum().getDataPointsCount();
			case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
			case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
			case SUMMARY -> metric.getSummary().getDataPointsCount();
			case DATA_NOT_SET -> 0;
		};
	}

	@Override
	public ExportMetricsServiceRequest slice(int from, int to) {
		ExportMetricsServiceRequest.Builder result = this.request.toBuilder().clearResourceMetrics();
		int index = 0;
		for (ResourceMetrics resource : this.request.getResourceMetricsList()) {
			ResourceMetrics.Builder part = resource.toBuilder().clearScopeMetrics();
			for (ScopeMetrics scope : resource.getScopeMetricsList()) {
				ScopeMetrics.Builder metrics = scope.toBuilder().clearMetrics();
				for (Metric metric : scope.getMetricsList()) {
					Metric slice = slice(metric, from - index, to - index);
					if (count(slice) > 0) {
						metrics.addMetrics(slice);
					}
					index += count(metric);
				}
				if (metrics.getMetricsCount() > 0) {
					part.addScopeMetrics(metrics);
				}
			}
			if (part.getScopeMetricsCount() > 0) {
				result.addResourceMetrics(part);
			}
		}
		return result.build();
	}

	private static Metric slice(Metric metric, int from, int to) {
		if (from <= 0 && to >= count(metric)) {
			return metric;
		}
		Metric.Builder slice = metric.toBuilder();
		switch (metric.getDataCase()) {
			case GAUGE -> slice.getGaugeBuilder()
				.clearDataPoints()
				.addAllDataPoints(RequestRecords.part(metric.getGauge().getDataPointsList(), from, to));
			case SUM -> slice.getSumBuilder()
				.clearDataPoints()
				.addAllDataPoints(RequestRecords.part(metric.getSum().getDataPointsList(), from, to));
			case HISTOGRAM -> slice.getHistogramBuilder()
				.clearDataPoints()
				.addAllDataPoints(RequestRecords.part(metric.getHistogram().getDataPointsList(), from, to));
			case EXPONENTIAL_HISTOGRAM -> slice.getExponentialHistogramBuilder()
				.clearDataPoints()
				.addAllDataPoints(RequestRecords.part(metric.getExponentialHistogram().getDataPointsList(), from, to));
			case SUMMARY -> slice.getSummaryBuilder()
				.clearDataPoints()
				.addAllDataPoints(RequestRecords.part(metric.getSummary().getDataPointsList(), from, to));
			case DATA_NOT_SET -> {
				// It has no points.
			}
		}
		return slice.build();
	}

}
