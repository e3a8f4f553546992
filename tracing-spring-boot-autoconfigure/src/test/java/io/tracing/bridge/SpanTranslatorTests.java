// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracing.telemetry.wire.MalformedRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What becomes of span records, decoded by the official classes.
 */
class SpanTranslatorTests {

	private static final String SUBJECT = "telemetry.spans.by-subject.no-run";

	private static final String IDS = """
			"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","name":"n",""";

	private final SpanTranslator translator = new SpanTranslator("by-configuration");

	@Test
	void recordOfThePageIsTranslated() throws Exception {
		assertThat(translate("""
				{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331",
				"parent_id":"00f067aa0ba902b7","name":"worker.executeTask","service":"dagnats-engine","kind":"server",
				"start_time":"2026-04-05T12:00:00.12Z","end_time":"2026-04-05T12:00:01.354567Z","duration_ms":1234,
				"status":"ok","attributes":{"b":true,"n":42,"g":1.5,"run_id":"r1"},
				"events":[{"name":"ev","time":"2026-04-05T12:00:00.12Z"}]}""")).isEqualTo(expected("""
				resource_spans {
				  resource { attributes { key: "service.name" value { string_value: "dagnats-engine" } } }
				  scope_spans { spans {
				    trace_id: #0af7651916cd43dd8448eb211c80319c
				    span_id: #b7ad6b7169203331
				    parent_span_id: #00f067aa0ba902b7
				    flags: 1
				    name: "worker.executeTask"
				    kind: SPAN_KIND_SERVER
				    start_time_unix_nano: 1775390400120000000
				    end_time_unix_nano: 1775390401354567000
				    attributes { key: "b" value { bool_value: true } }
				    attributes { key: "n" value { int_value: 42 } }
				    attributes { key: "g" value { double_value: 1.5 } }
				    attributes { key: "run_id" value { string_value: "r1" } }
				    events { time_unix_nano: 1775390400120000000 name: "ev" }
				    status { code: STATUS_CODE_OK }
				  } }
				}"""));
	}

	@Test
	void errorIsTheMessageOfTheStatus() throws Exception {
		assertThat(span("{" + IDS + "\"status\":\"error\",\"error\":\"boom \\u003cb\\u003e\"}").getStatus())
			.isEqualTo(status("code: STATUS_CODE_ERROR message: \"boom <b>\""));
	}

	@Test
	void errorThatWasGotOverIsAnAttribute() throws Exception {
		Span span = span("{" + IDS + "\"status\":\"ok\",\"error\":\"boom\"}");
		assertThat(span.getStatus()).isEqualTo(status("code: STATUS_CODE_OK"));
		assertThat(span.getAttributesList()).containsExactly(OtlpValues.attribute("exception.message", "boom"));
	}

	@Test
	void longErrorIsNoReasonToLoseTheSpan() throws Exception {
		String error = "at line\\n".repeat(5_000);
		assertThat(span("{" + IDS + "\"status\":\"error\",\"error\":\"" + error + "\"}").getStatus().getMessage())
			.isEqualTo("at line\n".repeat(5_000));
	}

	@ParameterizedTest
	@CsvSource({ "internal,1", "server,2", "client,3", "producer,4", "consumer,5", "Server,2", "other,0", "'',0" })
	void kindIsThatOfOtlp(String kind, int number) throws Exception {
		assertThat(span("{" + IDS + "\"kind\":\"" + kind + "\"}").getKindValue()).isEqualTo(number);
	}

	@Test
	void valuesKeepTheirTypes() throws Exception {
		assertThat(span("{" + IDS + """
				"attributes":{"i":2,"d":2.0,"e":2e0,"big":9007199254740993,"huge":18446744073709551615,
				"l":[1,"a",null,[true]],"o":{"k":{"n":1}},"none":null,"s":"é \\ud83d\\ude00"}}"""))
			.isEqualTo(OtlpText.parse(Span.getDefaultInstance(), """
					trace_id: #0af7651916cd43dd8448eb211c80319c span_id: #b7ad6b7169203331 name: "n" flags: 1 status { }
					attributes { key: "i" value { int_value: 2 } }
					attributes { key: "d" value { double_value: 2 } }
					attributes { key: "e" value { double_value: 2 } }
					attributes { key: "big" value { int_value: 9007199254740993 } }
					attributes { key: "huge" value { double_value: 18446744073709551615 } }
					attributes { key: "l" value { array_value {
					  values { int_value: 1 } values { string_value: "a" } values { }
					  values { array_value { values { bool_value: true } } } } } }
					attributes { key: "o" value { kvlist_value { values { key: "k" value { kvlist_value {
					  values { key: "n" value { int_value: 1 } } } } } } } }
					attributes { key: "none" value { } }
					attributes { key: "s" value { string_value: "é 😀" } }"""));
	}

	@Test
	void spanDoesNotEndBeforeItStarts() throws Exception {
		Span span = span("{" + IDS + """
				"start_time":"2026-04-05T12:00:01Z","end_time":"2026-04-05T12:00:00Z"}""");
		assertThat(span.getStartTimeUnixNano()).isEqualTo(1775390401000000000L);
		assertThat(span.getEndTimeUnixNano()).isEqualTo(1775390401000000000L);
	}

	@Test
	void timesHaveNanosecondsAndOffsets() throws Exception {
		Span span = span("{" + IDS + """
				"start_time":"2026-04-05T14:00:00.123456789+02:00","end_time":"2026-04-05T12:00:00.123456790Z"}""");
		assertThat(span.getStartTimeUnixNano()).isEqualTo(1775390400123456789L);
		assertThat(span.getEndTimeUnixNano()).isEqualTo(1775390400123456790L);
	}

	@Test
	void unknownFieldsAreIgnoredAndSoIsTheCaseOfKnownOnes() throws Exception {
		Span span = span("""
				{"Trace_ID":"0AF7651916CD43DD8448EB211C80319C","SPAN_ID":"b7ad6b7169203331","Name":"n","new":{"x":[1]},
				"STATUS":"error","Error":"boom","events":[{"NAME":"","new":1}],"parent_id":null,"attributes":null}""");
		assertThat(span).isEqualTo(OtlpText.parse(Span.getDefaultInstance(), """
				trace_id: #0af7651916cd43dd8448eb211c80319c span_id: #b7ad6b7169203331 name: "n" flags: 1
				events { name: "event" }
				status { code: STATUS_CODE_ERROR message: "boom" }"""));
	}

	@Test
	void idsInBase64AreRead() throws Exception {
		Span span = span("""
				{"trace_id":"B4qR-Un-WDzm5t_zFlxchg==","span_id":"MdL4UO05pmk=","name":"n"}""");
		assertThat(span.getTraceId()).isEqualTo(OtlpValues.id("078a91f949fe583ce6e6dff3165c5c86"));
		assertThat(span.getSpanId()).isEqualTo(OtlpValues.id("31d2f850ed39a669"));
	}

	@Test
	void serviceIsThatOfTheRecordElseThatOfTheSubjectElseTheConfiguredOne() throws Exception {
		String named = "{" + IDS + "\"service\":\"by-record\"}";
		String nameless = "{" + IDS + "\"service\":\"\"}";
		assertThat(OtlpText.read(this.translator, SUBJECT, named).service()).isEqualTo("by-record");
		assertThat(OtlpText.read(this.translator, SUBJECT, nameless).service()).isEqualTo("by-subject");
		assertThat(OtlpText.read(this.translator, "telemetry.spans.", nameless).service())
			.isEqualTo("by-configuration");
	}

	@Test
	void eachServiceHasOneResource() throws Exception {
		ExportTraceServiceRequest request = translate("{" + IDS + "\"service\":\"a\"}",
				"{" + IDS + "\"service\":\"b\"}", "{" + IDS + "\"service\":\"a\"}");
		assertThat(request.getResourceSpansList())
			.extracting((resource) -> resource.getResource().getAttributes(0).getValue().getStringValue(),
					(resource) -> resource.getScopeSpans(0).getSpansCount())
			.containsExactly(tuple("a", 2), tuple("b", 1));
	}

	@Test
	void everythingOfASpanInCamelCaseIsKept() throws Exception {
		assertThat(span("""
				{"traceId":"B4qR+Un+WDzm5t/zFlxchg==","spanId":"MdL4UO05pmk=","traceState":"a=b","kind":3,
				"attributes":[{"key":"l","value":{"arrayValue":{"values":[{"intValue":"1"},{}]}}},
				{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"doubleValue":"NaN"}}]}}},
				{"key":"b","value":{"bytesValue":"AQI="}},{"key":"n"},{"key":"d","value":{"doubleValue":2}}],
				"events":[{"timeUnixNano":"5","attributes":[{"key":"a","value":{"boolValue":true}}],
				"droppedAttributesCount":1}],"droppedAttributesCount":2,"droppedEventsCount":3,"droppedLinksCount":4,
				"links":[{"traceId":"B4qR+Un+WDzm5t/zFlxchg==","spanId":"MdL4UO05pmk=","traceState":"c=d"}],
				"status":{"code":"STATUS_CODE_OK"}}""")).isEqualTo(OtlpText.parse(Span.getDefaultInstance(), """
				trace_id: #078a91f949fe583ce6e6dff3165c5c86 span_id: #31d2f850ed39a669 trace_state: "a=b" flags: 1
				kind: SPAN_KIND_CLIENT
				attributes { key: "l" value { array_value { values { int_value: 1 } values { } } } }
				attributes { key: "m" value { kvlist_value { values { key: "k" value { double_value: nan } } } } }
				attributes { key: "b" value { bytes_value: #0102 } }
				attributes { key: "n" value { } }
				attributes { key: "d" value { double_value: 2 } }
				events { time_unix_nano: 5 name: "event" dropped_attributes_count: 1
				  attributes { key: "a" value { bool_value: true } } }
				links { trace_id: #078a91f949fe583ce6e6dff3165c5c86 span_id: #31d2f850ed39a669 trace_state: "c=d" }
				dropped_attributes_count: 2 dropped_events_count: 3 dropped_links_count: 4
				status { code: STATUS_CODE_OK }"""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"name\":\"n\"}", "{\"traceId\":\"B4qR+Un+WDzm5t/zFlxchg==\"}",
			"{\"traceId\":\"B4qR+Un+WDzm5t/zFlxchg==\",\"spanId\":\"AAAAAAAAAAA=\"}",
			"{\"traceId\":\"B4qR+Un+WDzm5t/zFlxch???\",\"spanId\":\"MdL4UO05pmk=\"}",
			"{\"traceId\":\"AAAAAAAAAAAAAAAAAAAAAAAA\",\"spanId\":\"MdL4UO05pmk=\"}" })
	void spanWithoutIdsIsMalformed(String json) {
		assertMalformed(json);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"start_time\":\"yesterday\"", "\"start_time\":1", "\"start_time\":\"\"", "\"name\":1",
			"\"attributes\":[]", "\"attributes\":{\"\":1}", "\"events\":{}", "\"events\":[1]",
			"\"events\":[{\"time\":\"t\"}]", "\"events\":[{\"attributes\":{\"\":1}}]", "\"status\":{}",
			"\"parent_id\":\"00\"", "\"parent_id\":\"0000000000000000\"", "\"service\":[]", "\"error\":true" })
	void fieldOfTheWrongTypeOrFormIsMalformed(String field) {
		assertMalformed("{" + IDS + field + "}");
	}

	private void assertMalformed(String json) {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> OtlpText.read(this.translator, SUBJECT, json))
			.withMessageMatching("[ -~]{10,120}");
	}

	private Span span(String record) throws Exception {
		return translate(record).getResourceSpans(0).getScopeSpans(0).getSpans(0);
	}

	private ExportTraceServiceRequest translate(String... records) throws Exception {
		return OtlpText.translate(this.translator, ExportTraceServiceRequest.getDefaultInstance(), SUBJECT, records);
	}

	private static ExportTraceServiceRequest expected(String text) throws Exception {
		return OtlpText.parse(ExportTraceServiceRequest.getDefaultInstance(), text);
	}

	private static Status status(String text) throws Exception {
		return OtlpText.parse(Status.getDefaultInstance(), text);
	}

}
