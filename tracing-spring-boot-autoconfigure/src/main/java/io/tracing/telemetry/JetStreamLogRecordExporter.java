// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Collection;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.tracing.telemetry.wire.Signal;

/**
 * Exports log records to a JetStream stream.
 */
public final class JetStreamLogRecordExporter implements LogRecordExporter {

	private final StreamExporter<LogRecordData> exporter;

	/**
	 * Create a new instance.
	 * @param publisher gets what is exported to the stream; its owner closes it
	 * @param format what a message looks like
	 */
	public JetStreamLogRecordExporter(StreamPublisher publisher, TelemetryFormat format) {
		this.exporter = new StreamExporter<>(publisher, Signal.LOGS, switch (format) {
			case OTLP -> otlp(publisher);
			case DAGNATS -> new RecordEncoding<>(publisher, Signal.LOGS, LogRecords::of);
		});
	}

	private static BatchEncoding<LogRecordData> otlp(StreamPublisher publisher) {
		OtlpEncoder encoder = new OtlpEncoder();
		OtlpHttpLogRecordExporter exporter = OtlpHttpLogRecordExporter.builder()
			.setEndpoint(OtlpEncoder.NOWHERE)
			.setComponentLoader(encoder)
			.setMeterProvider(MeterProvider.noop())
			.build();
		return new OtlpEncoding<>(publisher, Signal.LOGS, LogRecordData::getResource,
				(logs) -> encoder.encode(() -> exporter.export(logs)));
	}

	@Override
	public CompletableResultCode export(Collection<LogRecordData> logs) {
		return this.exporter.export(logs);
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
		return "JetStreamLogRecordExporter";
	}

}
