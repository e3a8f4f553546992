// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.tracing.telemetry.wire.MalformedRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The records that crash the first bridge there was. None crashes this one, and the
 * reason names the field.
 */
class PoisonRecordsTests {

	private static final String SPAN = """
			{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","name":"n","kind":"server",\
			"status":"ok","attributes":{"k":"v"},"events":[{"name":"e","attributes":{"k":"v"}}]}""";

	private static final String LOG = """
			{"level":"info","message":"m","span_id":"b7ad6b7169203331","fields":{"k":"v"}}""";

	private static final String METRIC = """
			{"name":"n","type":"counter","value":1,"tags":{"k":"v"}}""";

	private static final String LONG = "x".repeat(21);

	private static final String TOO_LONG_ID = "a".repeat(66);

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"0af7651916cd43dd8448eb211c80319c" | ""     | 'trace_id' must be
			"0af7651916cd43dd8448eb211c80319c" | "LONG" | 'trace_id' must be
			"b7ad6b7169203331"                 | ""     | 'span_id' must be
			"b7ad6b7169203331"                 | "LONG" | 'span_id' must be
			"name":"n"                         | "name":"" | 'name' must not be empty
			"server"                           | "WORD" | 'kind' must not have more than 20 bytes
			"ok"                               | "WORD" | 'status' must not have more than 20 bytes
			"attributes":{"k"                  | "attributes":{"" | 'attributes' must not have an empty key
			""")
	void span(String part, String poison, String reason) throws Exception {
		SpanTranslator translator = new SpanTranslator("dagnats");
		assertThat(OtlpText.read(translator, "telemetry.spans.s.r", SPAN)).isNotNull();
		assertPoison(translator, "telemetry.spans.s.r", SPAN.replace(part, fill(poison)), reason);
	}

	@Test
	void spanWithALongErrorOrAnEventWithoutNameIsNoPoisonHere() throws Exception {
		String record = SPAN.replace("\"ok\"", "\"ok\",\"error\":\"" + "x".repeat(10_001) + "\"")
			.replace("\"name\":\"e\"", "\"name\":\"\"");
		assertThat(OtlpText.read(new SpanTranslator("dagnats"), "telemetry.spans.s.r", record)).isNotNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"info"             | ""     | 'level' must not be empty
			"info"             | "WORD" | 'level' must not have more than 20 bytes
			"m"                | ""     | 'message' must not be empty
			"b7ad6b7169203331" | "LONG" | 'span_id' must be
			"k"                | ""     | 'fields' must not have an empty key
			""")
	void log(String part, String poison, String reason) throws Exception {
		LogTranslator translator = new LogTranslator("dagnats");
		assertThat(OtlpText.read(translator, "telemetry.logs.s.info", LOG)).isNotNull();
		assertPoison(translator, "telemetry.logs.s.info", LOG.replace(part, fill(poison)), reason);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"n" | "" | 'name' must not be empty
			"k" | "" | 'tags' must not have an empty key
			""")
	void metric(String part, String poison, String reason) throws Exception {
		MetricTranslator translator = new MetricTranslator("dagnats");
		assertThat(OtlpText.read(translator, "telemetry.metrics.s.n", METRIC)).isNotNull();
		assertPoison(translator, "telemetry.metrics.s.n", METRIC.replace(part, fill(poison)), reason);
	}

	@Test
	void message() {
		assertPoison(new SpanTranslator("dagnats"), "telemetry.spans.s.r", SPAN + " ".repeat(10 * 1024 * 1024),
				"a record must not have more than 10485760 bytes");
	}

	private static String fill(String poison) {
		return poison.replace("LONG", TOO_LONG_ID).replace("WORD", LONG);
	}

	private static void assertPoison(RecordTranslator<?> translator, String subject, String record, String reason) {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> OtlpText.read(translator, subject, record))
			.withMessageStartingWith(reason);
	}

}
