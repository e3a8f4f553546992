// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.RecordReader;

/**
 * Makes OTLP of log records.
 */
final class LogTranslator implements RecordTranslator<ServiceRecord<LogRecord>> {

	private static final String EXCEPTION_MESSAGE = "exception.message";

	private static final Map<String, SeverityNumber> SEVERITIES = Map.of( //
			"trace", SeverityNumber.SEVERITY_NUMBER_TRACE, //
			"debug", SeverityNumber.SEVERITY_NUMBER_DEBUG, //
			"info", SeverityNumber.SEVERITY_NUMBER_INFO, //
			"warn", SeverityNumber.SEVERITY_NUMBER_WARN, //
			"warning", SeverityNumber.SEVERITY_NUMBER_WARN, //
			"error", SeverityNumber.SEVERITY_NUMBER_ERROR, //
			"fatal", SeverityNumber.SEVERITY_NUMBER_FATAL);

	private final String otherwise;

	/**
	 * Create the translator.
	 * @param otherwise the service of records that name none and whose subject does not
	 */
	LogTranslator(String otherwise) {
		this.otherwise = otherwise;
	}

	@Override
	public ServiceRecord<LogRecord> read(byte[] data, String subject, Instant stored) throws MalformedRecordException {
		io.tracing.telemetry.wire.LogRecord log = RecordReader.readLog(data);
		return ServiceRecord.of(log.service(), subject, this.otherwise, translate(log, stored));
	}

	@Override
	public MessageLite translate(List<ServiceRecord<LogRecord>> records) {
		ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
		ServiceRecord.byService(records)
			.forEach((service,
					logs) -> request.addResourceLogs(ResourceLogs.newBuilder()
						.setResource(OtlpValues.resource(service))
						.addScopeLogs(ScopeLogs.newBuilder().addAllLogRecords(logs))));
		return request.build();
	}

	private static LogRecord translate(io.tracing.telemetry.wire.LogRecord record, Instant stored) {
		LogRecord.Builder log = LogRecord.newBuilder()
			.setTimeUnixNano(record.epochNanos())
			.setObservedTimeUnixNano(OtlpValues.epochNanos(stored))
			.setSeverityNumber(severity(record.level()))
			.setSeverityText(record.level())
			.setBody(OtlpValues.value(record.message()))
			.setTraceId(OtlpValues.id(record.traceId()))
			.setSpanId(OtlpValues.id(record.spanId()));
		boolean failed = !record.error().isEmpty();
		record.attributes().forEach((key, value) -> {
			if (!failed || !key.equals(EXCEPTION_MESSAGE)) {
				log.addAttributes(OtlpValues.attribute(key, value));
			}
		});
		if (failed) {
			log.addAttributes(OtlpValues.attribute(EXCEPTION_MESSAGE, record.error()));
		}
		return log.build();
	}

	private static SeverityNumber severity(String level) {
		return SEVERITIES.getOrDefault(level.toLowerCase(Locale.ROOT), SeverityNumber.SEVERITY_NUMBER_UNSPECIFIED);
	}

}
