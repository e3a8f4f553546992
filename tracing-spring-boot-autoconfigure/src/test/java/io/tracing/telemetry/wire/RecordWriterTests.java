// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written, field by field, and that it can be read again: by a parser that the
 * world uses, and by the reader with the same values.
 */
class RecordWriterTests {

	private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

	private static final String SPAN_ID = "b7ad6b7169203331";

	// 2026-04-05T12:00:00.12Z
	private static final long START = 1_775_390_400_120_000_000L;

	private final RecordWriter writer = new RecordWriter(1024 * 1024);

	@Test
	void spanIsWrittenFieldByField() throws Exception {
		SpanRecord span = span("worker.executeTask", SpanRecord.Status.ERROR, "boom", attributes(),
				List.of(new SpanRecord.Event("ev", START, Map.of("a", 1L)), new SpanRecord.Event("bare", 0, Map.of())));
		assertThat(written(span)).isEqualTo("""
				{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331",\
				"parent_id":"00f067aa0ba902b7","name":"worker.executeTask","service":"orders","kind":"server",\
				"start_time":"2026-04-05T12:00:00.12Z","end_time":"2026-04-05T12:00:01.354567Z","duration_ms":1234,\
				"status":"error","attributes":{"s":"text","n":42,"big":9007199254740993,"whole":2.0,"g":1.5,\
				"huge":1.0E300,"b":true,"none":null,"nan":"NaN","list":[1,"a",[]],"map":{"k":false},"bytes":"AQI="},\
				"events":[{"name":"ev","time":"2026-04-05T12:00:00.12Z","attributes":{"a":1}},\
				{"name":"bare","time":"1970-01-01T00:00:00Z"}],"error":"boom"}""");
	}

	@Test
	void whatIsEmptyIsLeftOut() throws Exception {
		SpanRecord span = new SpanRecord(TRACE_ID, SPAN_ID, "", "root", "orders", SpanRecord.Kind.UNSPECIFIED, START,
				START, SpanRecord.Status.UNSET, "", Map.of(), List.of());
		assertThat(written(span)).isEqualTo("""
				{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","name":"root",\
				"service":"orders","kind":"internal","start_time":"2026-04-05T12:00:00.12Z",\
				"end_time":"2026-04-05T12:00:00.12Z","duration_ms":0,"status":"ok"}""");
		assertThat(written(new LogRecord(START, "INFO", "m", "orders", "", "", Map.of(), ""))).isEqualTo("""
				{"level":"info","message":"m","service":"orders","timestamp":"2026-04-05T12:00:00.12Z"}""");
		assertThat(
				written(new MetricObservation("queue", MetricObservation.Type.GAUGE, 2.0, Map.of(), "orders", START)))
			.isEqualTo("""
					{"name":"queue","type":"gauge","value":2.0,"service":"orders",\
					"timestamp":"2026-04-05T12:00:00.12Z"}""");
	}

	@Test
	void logRecordIsWrittenFieldByField() throws Exception {
		assertThat(written(new LogRecord(START, "ERROR", "m", "w", TRACE_ID, SPAN_ID, Map.of("attempt", 3L),
				"connection refused")))
			.isEqualTo("""
					{"level":"error","message":"m","service":"w","trace_id":"0af7651916cd43dd8448eb211c80319c",\
					"span_id":"b7ad6b7169203331","fields":{"attempt":3},"timestamp":"2026-04-05T12:00:00.12Z",\
					"error":"connection refused"}""");
	}

	@Test
	void observationIsWrittenFieldByField() throws Exception {
		assertThat(written(new MetricObservation("step.retries", MetricObservation.Type.COUNTER, 1L, Map.of("k", "v"),
				"w", START)))
			.isEqualTo("""
					{"name":"step.retries","type":"counter","value":1,"tags":{"k":"v"},"service":"w",\
					"timestamp":"2026-04-05T12:00:00.12Z"}""");
	}

	@Test
	void textOfAllKindsIsValidJson() throws Exception {
		String text = "\"\\/\b\f\n\r\t\u0000\u001f\u007f é 東 😀 \u2028 <a> & \ud800 x \udc00";
		SpanRecord span = span(text, SpanRecord.Status.ERROR, text, Map.of(text, text), List.of());
		byte[] json = this.writer.write(span);
		assertThat(json).isNotNull();
		String expected = text.replace('\ud800', '\uFFFD').replace("x \udc00", "x \uFFFD");
		JsonNode tree = JsonMapper.builder().build().readTree(json);
		assertThat(tree.get("name").textValue()).isEqualTo(expected);
		assertThat(tree.get("attributes").get(expected).textValue()).isEqualTo(expected);
		assertThat(RecordReader.readSpan(json).error()).isEqualTo(expected);
	}

	@Test
	void whatWouldCrashTheFirstBridgeIsMended() throws Exception {
		Map<String, @Nullable Object> attributes = new LinkedHashMap<>(Map.of("", "no key", "a", "b"));
		SpanRecord span = span("", SpanRecord.Status.OK, "é".repeat(6_000), attributes,
				List.of(new SpanRecord.Event("", START, attributes)));
		SpanRecord read = RecordReader.readSpan(written(span).getBytes(StandardCharsets.UTF_8));
		assertThat(read.name()).isEqualTo("unnamed");
		assertThat(read.error()).isEqualTo("é".repeat(5_000));
		assertThat(read.attributes()).containsExactly(Map.entry("a", "b"));
		assertThat(read.events()).containsExactly(new SpanRecord.Event("unnamed", START, Map.of("a", "b")));
		LogRecord log = RecordReader
			.readLog(this.writer.write(new LogRecord(0, "L".repeat(30), "", "orders", "", "", Map.of(), "")));
		assertThat(log.level()).isEqualTo("l".repeat(20));
		assertThat(log.message()).isNotEmpty();
	}

	@Test
	void errorIsCutBetweenCharacters() throws Exception {
		String error = "x" + "😀".repeat(5_000);
		SpanRecord span = span("n", SpanRecord.Status.ERROR, error, Map.of(), List.of());
		String read = RecordReader.readSpan(this.writer.write(span)).error();
		assertThat(read).isEqualTo("x" + "😀".repeat(2_499));
		SpanRecord broken = span("n", SpanRecord.Status.ERROR, "\ud800".repeat(9_000), Map.of(), List.of());
		assertThat(RecordReader.readSpan(this.writer.write(broken)).error().getBytes(StandardCharsets.UTF_8).length)
			.isLessThanOrEqualTo(10_000);
	}

	@Test
	void entriesBeyondTheLimitAreLeftOut() throws Exception {
		Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
		for (long i = 0; i < 10_001; i++) {
			attributes.put("k" + i, i);
		}
		List<SpanRecord.Event> events = Collections.nCopies(10_001, new SpanRecord.Event("e", START, Map.of()));
		SpanRecord read = RecordReader
			.readSpan(this.writer.write(span("n", SpanRecord.Status.OK, "", attributes, events)));
		assertThat(read.attributes()).hasSize(10_000).doesNotContainKey("k10000");
		assertThat(read.events()).hasSize(10_000);
	}

	@Test
	void recordThatTheServerWouldNotTakeIsNotWritten() {
		SpanRecord span = span("n".repeat(2_000), SpanRecord.Status.OK, "", Map.of(), List.of());
		assertThat(new RecordWriter(1_000).write(span)).isNull();
		assertThat(new RecordWriter(3_000).write(span)).isNotNull();
	}

	@Test
	void valueThatIsNoNumberOfJsonIsNotWritten() {
		for (double value : new double[] { Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY }) {
			assertThat(this.writer
				.write(new MetricObservation("m", MetricObservation.Type.GAUGE, value, Map.of(), "s", START))).isNull();
		}
	}

	@Test
	void whatNestsTooDeepIsCutOff() throws Exception {
		Object value = "deep";
		for (int i = 0; i < 1_000; i++) {
			value = (i % 2 == 0) ? Collections.singletonList(value) : Collections.singletonMap("k", value);
		}
		byte[] json = this.writer.write(span("n", SpanRecord.Status.OK, "", Map.of("a", value), List.of()));
		assertThat(RecordReader.readSpan(json).attributes()).containsKey("a");
	}

	@Test
	void whatIsWrittenIsRead() throws Exception {
		Map<String, @Nullable Object> attributes = attributes();
		attributes.remove("nan");
		attributes.remove("bytes");
		SpanRecord span = span("n", SpanRecord.Status.ERROR, "boom", attributes,
				List.of(new SpanRecord.Event("ev", START, attributes)));
		assertThat(RecordReader.readSpan(this.writer.write(span))).isEqualTo(span);
		LogRecord log = new LogRecord(START, "warn", "m", "orders", TRACE_ID, SPAN_ID, attributes, "boom");
		assertThat(RecordReader.readLog(this.writer.write(log))).isEqualTo(log);
		for (MetricObservation.Type type : MetricObservation.Type.values()) {
			for (Number value : new Number[] { 0L, (1L << 53) + 1, 2.0, 0.1, 1e-300 }) {
				MetricObservation metric = new MetricObservation("m", type, value, Map.of("a", "b"), "orders", START);
				assertThat(RecordReader.readMetric(this.writer.write(metric))).isEqualTo(metric);
			}
		}
	}

	private String written(SpanRecord span) {
		return text(this.writer.write(span));
	}

	private String written(LogRecord log) {
		return text(this.writer.write(log));
	}

	private String written(MetricObservation observation) {
		return text(this.writer.write(observation));
	}

	private static String text(byte @Nullable [] json) {
		assertThat(json).isNotNull();
		return new String(json, StandardCharsets.UTF_8);
	}

	private static SpanRecord span(String name, SpanRecord.Status status, String error,
			Map<String, @Nullable Object> attributes, List<SpanRecord.Event> events) {
		return new SpanRecord(TRACE_ID, SPAN_ID, "00f067aa0ba902b7", name, "orders", SpanRecord.Kind.SERVER, START,
				START + 1_234_567_000, status, error, attributes, events);
	}

	private static Map<String, @Nullable Object> attributes() {
		Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
		attributes.put("s", "text");
		attributes.put("n", 42L);
		attributes.put("big", (1L << 53) + 1);
		attributes.put("whole", 2.0);
		attributes.put("g", 1.5);
		attributes.put("huge", 1e300);
		attributes.put("b", true);
		attributes.put("none", null);
		attributes.put("nan", Double.NaN);
		attributes.put("list", Arrays.asList(1L, "a", List.of()));
		attributes.put("map", Map.of("k", false));
		attributes.put("bytes", new byte[] { 1, 2 });
		return attributes;
	}

}
