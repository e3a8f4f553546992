// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Collection;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracing.telemetry.wire.Signal;

/**
 * Exports spans to a JetStream stream.
 */
public final class JetStreamSpanExporter implements SpanExporter {

	private final StreamExporter<SpanData> exporter;

	/**
	 * Create a new instance.
	 * @param publisher gets what is exported to the stream; its owner closes it
	 * @param format what a message looks like
	 */
	public JetStreamSpanExporter(StreamPublisher publisher, TelemetryFormat format) {
		this.exporter = new StreamExporter<>(publisher, Signal.SPANS, switch (format) {
			case OTLP -> otlp(publisher);
			case DAGNATS -> new RecordEncoding<>(publisher, Signal.SPANS, SpanRecords::of);
		});
	}

	private static BatchEncoding<SpanData> otlp(StreamPublisher publisher) {
		OtlpEncoder encoder = new OtlpEncoder();
		OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
			.setEndpoint(OtlpEncoder.NOWHERE)
			.setComponentLoader(encoder)
			.setMeterProvider(MeterProvider.noop())
			.build();
		return new OtlpEncoding<>(publisher, Signal.SPANS, SpanData::getResource,
				(spans) -> encoder.encode(() -> exporter.export(spans)));
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		return this.exporter.export(spans);
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
		return "JetStreamSpanExporter";
	}

}
