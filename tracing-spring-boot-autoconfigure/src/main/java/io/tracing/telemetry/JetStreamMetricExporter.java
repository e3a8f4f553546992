// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Collection;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.tracing.telemetry.wire.Signal;

/**
 * Exports the metrics of OpenTelemetry's SDK to a JetStream stream. In the format of
 * DagNats, a counter is published as its increments, what can go down as its current
 * value, and a histogram, of which the SDK keeps no single observations, as the counters
 * {@code {name}.count} and {@code {name}.sum} and the gauges {@code {name}.min} and
 * {@code {name}.max}.
 */
public final class JetStreamMetricExporter implements MetricExporter {

	private final StreamExporter<MetricData> exporter;

	private final AggregationTemporalitySelector temporality;

	/**
	 * Create a new instance.
	 * @param publisher gets what is exported to the stream; its owner closes it
	 * @param format what a message looks like
	 */
	public JetStreamMetricExporter(StreamPublisher publisher, TelemetryFormat format) {
		this.exporter = new StreamExporter<>(publisher, Signal.METRICS, switch (format) {
			case OTLP -> otlp(publisher);
			case DAGNATS -> new RecordEncoding<>(publisher, Signal.METRICS, MetricRecords::of);
		});
		this.temporality = switch (format) {
			case OTLP -> AggregationTemporalitySelector.alwaysCumulative();
			case DAGNATS -> AggregationTemporalitySelector.deltaPreferred();
		};
	}

	private static BatchEncoding<MetricData> otlp(StreamPublisher publisher) {
		OtlpEncoder encoder = new OtlpEncoder();
		OtlpHttpMetricExporter exporter = OtlpHttpMetricExporter.builder()
			.setEndpoint(OtlpEncoder.NOWHERE)
			.setComponentLoader(encoder)
			.setMeterProvider(MeterProvider.noop())
			.build();
		return new OtlpEncoding<>(publisher, Signal.METRICS, MetricData::getResource,
				(metrics) -> encoder.encode(() -> exporter.export(metrics)));
	}

	@Override
	public AggregationTemporality getAggregationTemporality(InstrumentType type) {
		return this.temporality.getAggregationTemporality(type);
	}

	@Override
	public CompletableResultCode export(Collection<MetricData> metrics) {
		return this.exporter.export(metrics);
	}

	@Override
	public CompletableResultCode flush() {
		return this.exporter.flush();
	}

	@Override
	public CompletableResultCode shutdown() {
		return this.exporter.shutdown();
	}

	@Override
	public String toString() {
		return "JetStreamMetricExporter";
	}

}
