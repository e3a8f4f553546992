// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;

import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Counting and splitting requests that are encoded already.
 */
class EncodedRequestsTests {

	private static final EncodedRequests SPANS = new EncodedRequests(Signal.SPANS);

	private static final EncodedRequests LOGS = new EncodedRequests(Signal.LOGS);

	private static final EncodedRequests METRICS = new EncodedRequests(Signal.METRICS);

	private static final String SPAN_REQUEST = """
			resource_spans { schema_url: "r1" resource { attributes { key: "a" value { string_value: "b" } } }
			  scope_spans { schema_url: "s1" scope { name: "one" } spans { name: "1" } spans { name: "2" } }
			  scope_spans { schema_url: "s2" scope { name: "two" } spans { name: "3" } } }
			resource_spans { schema_url: "r2" scope_spans { spans { name: "4" } spans { name: "5" } } }""";

	private static final String POINT_REQUEST = """
			resource_metrics { schema_url: "r" scope_metrics { schema_url: "s" scope { name: "one" }
			  metrics { name: "g" gauge { data_points { as_double: 1 } data_points { as_double: 2 } } }
			  metrics { name: "s" unit: "ms" sum { aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA
			    is_monotonic: true data_points { as_double: 3 } } }
			  metrics { name: "h" histogram { data_points { count: 4 } data_points { count: 5 } } }
			  metrics { name: "e" exponential_histogram { data_points { count: 6 } } }
			  metrics { name: "u" metadata { key: "k" } summary { data_points { count: 7 } } }
			  metrics { name: "none" } } }""";

	@Test
	void recordsAreCounted() throws Exception {
		assertThat(SPANS.count(spans(SPAN_REQUEST).toByteArray())).isEqualTo(5);
		assertThat(LOGS.count(logs("resource_logs { scope_logs { log_records { } log_records { } } }").toByteArray()))
			.isEqualTo(2);
		assertThat(METRICS.count(points(POINT_REQUEST).toByteArray())).isEqualTo(7);
	}

	@Test
	void emptyRequestHasNoRecords() throws Exception {
		assertThat(SPANS.count(new byte[0])).isZero();
		assertThat(SPANS.count(spans("resource_spans { scope_spans { } }").toByteArray())).isZero();
		assertThat(METRICS.count(points("resource_metrics { scope_metrics { metrics { } } }").toByteArray())).isZero();
	}

	@Test
	void requestsOneBehindTheOtherAreOneRequest() throws Exception {
		ByteArrayOutputStream both = new ByteArrayOutputStream();
		both.write(spans(SPAN_REQUEST).toByteArray());
		both.write(spans("resource_spans { scope_spans { spans { name: \"6\" } } }").toByteArray());
		assertThat(SPANS.count(both.toByteArray())).isEqualTo(6);
		assertThat(ExportTraceServiceRequest.parseFrom(both.toByteArray()).getResourceSpansCount()).isEqualTo(3);
	}

	@Test
	void fieldsOfNewerProducersAreSkipped() throws Exception {
		// Fields 100 to 103 of the resource, of each wire type, and field 100 of the
		// scope.
		byte[] resource = hex("a00696 01 a906 0102030405060708 b206 020102 bd06 01020304 12 07 1200 1200 a00601");
		assertThat(SPANS.count(message(1, resource))).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "0a", "0a01", "0a0112", "0a021205", "0a0312", "0aff", "0affffffff0f",
			"0affffffffffffffffff7f", "0affffffffffffffffffff01", "1200", "0800", "0d00000000", "0b0c",
			"8a80808080808080808000", "0a021000", "0a021800", "0a04120210ff", "0a04120208 01", "0a0413001400",
			"0a02 0000", "0a05 8280808010", "7b7d", "0a03 1a0561", "0a0312 02 0a" })
	void whatIsNoRequestIsMalformed(String hex) {
		byte[] body = hex(hex);
		assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> SPANS.count(body))
			.withMessageMatching("not an export request of OTLP: [ -~]{10,80}");
	}

	@Test
	void requestThatWasCutIsMalformedUnlessItIsCutBetweenResources() throws Exception {
		byte[] body = spans(SPAN_REQUEST).toByteArray();
		int whole = spans(SPAN_REQUEST.substring(0, SPAN_REQUEST.lastIndexOf("resource_spans"))).toByteArray().length;
		for (int length = 1; length < body.length; length++) {
			byte[] cut = Arrays.copyOf(body, length);
			if (length == whole) {
				assertThat(SPANS.count(cut)).isEqualTo(3);
			}
			else {
				assertThatExceptionOfType(MalformedRecordException.class).as("%d bytes", length)
					.isThrownBy(() -> SPANS.count(cut));
			}
		}
	}

	@Test
	void requestIsSplitInHalves() throws Exception {
		List<byte[]> halves = SPANS.halves(spans(SPAN_REQUEST).toByteArray());
		assertThat(halves).hasSize(2);
		assertThat(ExportTraceServiceRequest.parseFrom(halves.get(0))).isEqualTo(spans("""
				resource_spans { schema_url: "r1" resource { attributes { key: "a" value { string_value: "b" } } }
				  scope_spans { schema_url: "s1" scope { name: "one" } spans { name: "1" } spans { name: "2" } } }"""));
		assertThat(ExportTraceServiceRequest.parseFrom(halves.get(1))).isEqualTo(spans("""
				resource_spans { schema_url: "r1" resource { attributes { key: "a" value { string_value: "b" } } }
				  scope_spans { schema_url: "s2" scope { name: "two" } spans { name: "3" } } }
				resource_spans { schema_url: "r2" scope_spans { spans { name: "4" } spans { name: "5" } } }"""));
	}

	@Test
	void metricIsSplitBetweenItsPoints() throws Exception {
		List<byte[]> halves = METRICS.halves(points("""
				resource_metrics { schema_url: "r" scope_metrics { schema_url: "s" metrics { name: "m" unit: "ms"
				  sum { aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA is_monotonic: true
				    data_points { as_double: 1 } data_points { as_double: 2 } data_points { as_double: 3 } } } } }""")
			.toByteArray());
		assertThat(ExportMetricsServiceRequest.parseFrom(halves.get(0))).isEqualTo(points("""
				resource_metrics { schema_url: "r" scope_metrics { schema_url: "s" metrics { name: "m" unit: "ms"
				  sum { aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA is_monotonic: true
				    data_points { as_double: 1 } } } } }"""));
		assertThat(ExportMetricsServiceRequest.parseFrom(halves.get(1))).isEqualTo(points("""
				resource_metrics { schema_url: "r" scope_metrics { schema_url: "s" metrics { name: "m" unit: "ms"
				  sum { aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA is_monotonic: true
				    data_points { as_double: 2 } data_points { as_double: 3 } } } } }"""));
	}

	@Test
	void halvingEndsAtSingleRecordsAndLosesNone() throws Exception {
		assertThat(singles(SPANS, spans(SPAN_REQUEST))).hasSize(5);
		assertThat(singles(LOGS, logs("""
				resource_logs { scope_logs { log_records { severity_text: "1" } log_records { severity_text: "2" } }
				  scope_logs { scope { name: "two" } log_records { severity_text: "3" } } }"""))).hasSize(3);
		List<byte[]> points = singles(METRICS, points(POINT_REQUEST));
		List<String> names = new ArrayList<>();
		for (byte[] point : points) {
			assertThat(METRICS.count(point)).isEqualTo(1);
			names.add(ExportMetricsServiceRequest.parseFrom(point)
				.getResourceMetrics(0)
				.getScopeMetrics(0)
				.getMetrics(0)
				.getName());
		}
		assertThat(names).containsExactly("g", "g", "s", "h", "h", "e", "u");
	}

	@Test
	void requestThatCanNotBeDecodedCanNotBeSplit() throws Exception {
		// A span of which the name is a number.
		byte[] body = message(1, message(2, message(2, hex("2801"))));
		assertThat(SPANS.count(body)).isEqualTo(1);
		assertThat(SPANS.halves(body)).hasSize(1);
		// A span that ends in the middle of its name.
		byte[] broken = message(1, message(2, message(2, hex("2a05 61"))));
		assertThat(SPANS.count(broken)).isEqualTo(1);
		assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> SPANS.halves(broken))
			.withMessageStartingWith("not an export request of OTLP: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-protobuf", "Application/X-Protobuf", "application/x-protobuf; v=1",
			" application/x-protobuf ;a" })
	void contentTypeTellsTheFormat(String contentType) throws Exception {
		assertThat(BodyFormat.of(contentType, new byte[0], SPANS)).isEqualTo(BodyFormat.OTLP);
		assertThat(BodyFormat.of(contentType, "{}".getBytes(StandardCharsets.UTF_8), SPANS)).isEqualTo(BodyFormat.OTLP);
	}

	@Test
	void bodyTellsTheFormatWhereNothingElseDoes() throws Exception {
		byte[] request = spans(SPAN_REQUEST).toByteArray();
		for (String contentType : new String[] { null, "", "application/json", "application/octet-stream" }) {
			assertThat(BodyFormat.of(contentType, request, SPANS)).isEqualTo(BodyFormat.OTLP);
			assertThat(BodyFormat.of(contentType, "\r\n\t {}".getBytes(StandardCharsets.UTF_8), SPANS))
				.isEqualTo(BodyFormat.JSON);
			assertThat(BodyFormat.of(contentType, "\n{\"a\":1}".getBytes(StandardCharsets.UTF_8), SPANS))
				.isEqualTo(BodyFormat.JSON);
		}
	}

	@Test
	void requestThatLooksLikeJsonIsARequest() throws Exception {
		byte[] request = message(1, message(3, new byte['{' - 2]));
		assertThat(new String(request, StandardCharsets.UTF_8)).startsWith("\n{");
		assertThat(BodyFormat.of(null, request, SPANS)).isEqualTo(BodyFormat.OTLP);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "text", "[{}]", "\n", "\n\u0005", "\"{}\"" })
	void otherBodyHasNoFormat(String body) {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> BodyFormat.of(null, body.getBytes(StandardCharsets.UTF_8), SPANS))
			.withMessage("the body is neither a JSON object nor an export request of OTLP");
	}

	private static List<byte[]> singles(EncodedRequests requests, Message request) throws Exception {
		List<byte[]> singles = new ArrayList<>();
		Deque<byte[]> open = new ArrayDeque<>(List.of(request.toByteArray()));
		while (!open.isEmpty()) {
			List<byte[]> halves = requests.halves(open.pop());
			if (halves.size() == 1) {
				singles.add(halves.get(0));
			}
			else {
				open.push(halves.get(1));
				open.push(halves.get(0));
			}
		}
		return singles;
	}

	private static byte[] message(int field, byte[] content) {
		ByteArrayOutputStream message = new ByteArrayOutputStream();
		message.write(field << 3 | 2);
		message.write(content.length);
		message.writeBytes(content);
		return message.toByteArray();
	}

	private static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	private static ExportTraceServiceRequest spans(String text) throws Exception {
		return OtlpText.parse(ExportTraceServiceRequest.getDefaultInstance(), text);
	}

	private static ExportLogsServiceRequest logs(String text) throws Exception {
		return OtlpText.parse(ExportLogsServiceRequest.getDefaultInstance(), text);
	}

	private static ExportMetricsServiceRequest points(String text) throws Exception {
		return OtlpText.parse(ExportMetricsServiceRequest.getDefaultInstance(), text);
	}

}
