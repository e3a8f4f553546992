// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.tracing.telemetry.wire.MalformedRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of log records, decoded by the official classes.
 */
class LogTranslatorTests {

	private static final String SUBJECT = "telemetry.logs.by-subject.info";

	private final LogTranslator translator = new LogTranslator("by-configuration");

	@Test
	void recordOfThePageIsTranslated() throws Exception {
		assertThat(translate("""
				{"level":"error","message":"m","service":"w","fields":{"attempt":3,"run_id":"r"},
				"timestamp":"2026-04-05T12:00:00.12Z","error":"connection refused"}""")).isEqualTo(expected("w", """
				time_unix_nano: 1775390400120000000
				observed_time_unix_nano: 1775390409000000007
				severity_number: SEVERITY_NUMBER_ERROR
				severity_text: "error"
				body { string_value: "m" }
				attributes { key: "attempt" value { int_value: 3 } }
				attributes { key: "run_id" value { string_value: "r" } }
				attributes { key: "exception.message" value { string_value: "connection refused" } }"""));
	}

	@Test
	void recordInCamelCaseIsTranslated() throws Exception {
		assertThat(translate("""
				{"timestamp":"2026-04-05T12:00:00.12Z","severity":"warn","body":"m","attributes":{"a":"b"},
				"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","serviceName":"w"}"""))
			.isEqualTo(expected("w", """
					time_unix_nano: 1775390400120000000
					observed_time_unix_nano: 1775390409000000007
					severity_number: SEVERITY_NUMBER_WARN
					severity_text: "warn"
					body { string_value: "m" }
					attributes { key: "a" value { string_value: "b" } }
					trace_id: #0af7651916cd43dd8448eb211c80319c
					span_id: #b7ad6b7169203331"""));
	}

	@Test
	void timeThatIsNotSetIsLeftToTheObservedTime() throws Exception {
		LogRecord log = log("""
				{"timestamp":"0001-01-01T00:00:00Z","severity":"info","body":""}""");
		assertThat(log.getTimeUnixNano()).isZero();
		assertThat(log.getObservedTimeUnixNano()).isEqualTo(1775390409000000007L);
		assertThat(log.getBody()).isEqualTo(OtlpValues.value(""));
	}

	@ParameterizedTest
	@CsvSource({ "trace,1", "debug,5", "info,9", "warn,13", "warning,13", "error,17", "fatal,21", "INFO,9", "Error,17",
			"notice,0" })
	void severityIsThatOfTheLevel(String level, int severity) throws Exception {
		LogRecord log = log("{\"level\":\"" + level + "\",\"message\":\"m\"}");
		assertThat(log.getSeverityNumberValue()).isEqualTo(severity);
		assertThat(log.getSeverityText()).isEqualTo(level);
	}

	@Test
	void traceIsFoundAmongTheFields() throws Exception {
		LogRecord log = log("""
				{"level":"info","message":"m","fields":{"trace_id":"0af7651916cd43dd8448eb211c80319c",
				"span_id":"b7ad6b7169203331"}}""");
		assertThat(log.getTraceId()).isEqualTo(OtlpValues.id("0af7651916cd43dd8448eb211c80319c"));
		assertThat(log.getSpanId()).isEqualTo(OtlpValues.id("b7ad6b7169203331"));
		assertThat(log.getAttributesCount()).isEqualTo(2);
	}

	@Test
	void fieldOfThatNameThatIsNoIdIsJustAField() throws Exception {
		LogRecord log = log("""
				{"level":"info","message":"m","trace_id":"","span_id":null,"fields":{"trace_id":"abc","span_id":7}}""");
		assertThat(log.getTraceId().isEmpty()).isTrue();
		assertThat(log.getSpanId().isEmpty()).isTrue();
		assertThat(log.getAttributesCount()).isEqualTo(2);
	}

	@Test
	void errorHasOneAttribute() throws Exception {
		LogRecord log = log("""
				{"level":"info","message":"m","error":"outer","fields":{"exception.message":"inner","a":{}}}""");
		assertThat(log.getAttributesList()).extracting((attribute) -> attribute.getKey())
			.containsExactly("a", "exception.message");
		assertThat(log.getAttributes(1).getValue().getStringValue()).isEqualTo("outer");
	}

	@Test
	void serviceIsThatOfTheSubjectIfTheRecordHasNone() throws Exception {
		assertThat(translate("{\"body\":\"m\"}").getResourceLogs(0).getResource())
			.isEqualTo(OtlpValues.resource("by-subject"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"level\":\"info\"}", "{\"message\":\"m\"}", "{\"level\":\"\",\"message\":\"m\"}",
			"{\"level\":\"info\",\"message\":\"\"}", "{\"level\":\"info\",\"message\":1}",
			"{\"level\":\"info\",\"message\":\"m\",\"timestamp\":\"t\"}",
			"{\"level\":\"info\",\"message\":\"m\",\"trace_id\":\"abc\"}",
			"{\"level\":\"info\",\"message\":\"m\",\"span_id\":\"0000000000000000\"}",
			"{\"level\":\"info\",\"message\":\"m\",\"fields\":[]}", "{\"body\":{}}",
			"{\"body\":\"m\",\"traceId\":\"00000000000000000000000000000000\"}" })
	void otherObjectIsMalformed(String json) {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> OtlpText.read(this.translator, SUBJECT, json))
			.withMessageMatching("[ -~]{10,120}");
	}

	private LogRecord log(String record) throws Exception {
		return translate(record).getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
	}

	private ExportLogsServiceRequest translate(String... records) throws Exception {
		return OtlpText.translate(this.translator, ExportLogsServiceRequest.getDefaultInstance(), SUBJECT, records);
	}

	private static ExportLogsServiceRequest expected(String service, String log) throws Exception {
		return OtlpText.parse(ExportLogsServiceRequest.getDefaultInstance(), """
				resource_logs {
				  resource { attributes { key: "service.name" value { string_value: "%s" } } }
				  scope_logs { log_records { %s } }
				}""".formatted(service, log));
	}

}
