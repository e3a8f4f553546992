// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.Signal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random and mutated messages. Each is a record that the official classes can read when
 * it is translated, or malformed; there is no third.
 */
class RecordFuzzTests {

	private static final int ROUNDS = 40_000;

	private static final int BATCH = 64;

	private static final List<String> SPANS = with(RecordedTelemetry.SPANS, """
			{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","parent_id":"00f067aa0ba902b7",\
			"name":"worker.executeTask","service":"w","kind":"server","start_time":"2026-04-05T12:00:00.12Z",\
			"end_time":"2026-04-05T12:00:01.354567Z","duration_ms":1234,"status":"error","error":"boom",\
			"attributes":{"b":true,"n":42,"g":1.5,"o":{"l":[1,null]}},\
			"events":[{"name":"ev","time":"2026-04-05T12:00:00.12Z"}]}""");

	private static final List<String> LOGS = with(List.of("""
			{"timestamp":"2026-04-05T12:00:00Z","severity":"warn","body":"m","attributes":{"a":"b"},\
			"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","serviceName":"w"}"""),
			"""
					{"level":"error","message":"\\u003cm\\u003e \\ud83d\\ude00 é","service":"w","fields":{"attempt":3,"run_id":"r"},\
					"timestamp":"2026-04-05T12:00:00.12Z","error":"connection refused"}""");

	private static final List<String> METRICS = with(RecordedTelemetry.METRICS, """
			{"name":"step.retries","type":"counter","value":1,"tags":{"k":"v"},"service":"w",\
			"timestamp":"2026-04-05T12:00:00.12Z"}""");

	private static final List<byte[]> SNIPPETS = List
		.of("{", "}", "[", "]", "\"", ":", ",", "\\", "null", "true", "-1", "1e999", "9007199254740993", "\\ud800",
				"\"\"", "{}", "[]", "[[[[[[[[", "{\"a\":", "\u0000", "é", "0", "\n")
		.stream()
		.map((text) -> text.getBytes(StandardCharsets.UTF_8))
		.toList();

	private int accepted;

	private int malformed;

	@Test
	void spans() throws Exception {
		fuzz(new Random(1), Signal.SPANS, new SpanTranslator("dagnats"), SPANS,
				ExportTraceServiceRequest.getDefaultInstance());
	}

	@Test
	void logs() throws Exception {
		fuzz(new Random(2), Signal.LOGS, new LogTranslator("dagnats"), LOGS,
				ExportLogsServiceRequest.getDefaultInstance());
	}

	@Test
	void metrics() throws Exception {
		fuzz(new Random(3), Signal.METRICS, new MetricTranslator("dagnats"), METRICS,
				ExportMetricsServiceRequest.getDefaultInstance());
	}

	private <R> void fuzz(Random random, Signal signal, RecordTranslator<R> translator, List<String> records,
			MessageLite type) throws Exception {
		EncodedRequests requests = new EncodedRequests(signal);
		List<byte[]> seeds = new ArrayList<>();
		for (String record : records) {
			seeds.add(record.getBytes(StandardCharsets.UTF_8));
		}
		for (String record : records) {
			R read = OtlpText.read(translator, signal.subjectPrefix() + "s", record);
			seeds.add(translator.translate(List.of(read, read, read)).toByteArray());
		}
		List<R> batch = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			byte[] message = message(random, seeds);
			R record = read(translator, message, signal);
			if (record != null) {
				batch.add(record);
				checkRequest(translator.translate(List.of(record)), requests, type);
			}
			if (batch.size() == BATCH) {
				checkRequest(translator.translate(batch), requests, type);
				batch.clear();
			}
			checkEncoded(message, requests, type);
		}
		assertThat(this.accepted).isGreaterThan(ROUNDS / 20);
		assertThat(this.malformed).isGreaterThan(ROUNDS / 2);
	}

	private <R> R read(RecordTranslator<R> translator, byte[] message, Signal signal) {
		try {
			R record = translator.read(message, signal.subjectPrefix() + "s", OtlpText.STORED);
			this.accepted++;
			return record;
		}
		catch (MalformedRecordException ex) {
			this.malformed++;
			assertThat(ex).hasMessageMatching("[ -~]{10,200}");
			return null;
		}
	}

	private static void checkRequest(MessageLite request, EncodedRequests requests, MessageLite type) throws Exception {
		byte[] body = request.toByteArray();
		assertThat(type.getParserForType().parseFrom(body)).isEqualTo(request);
		requests.count(body);
		if (request instanceof ExportTraceServiceRequest spans) {
			spans.getResourceSpansList()
				.forEach((resource) -> resource.getScopeSpans(0).getSpansList().forEach(RecordFuzzTests::checkSpan));
		}
	}

	private static void checkSpan(Span span) {
		assertThat(span.getTraceId().size()).isEqualTo(16);
		assertThat(span.getSpanId().size()).isEqualTo(8);
		assertThat(span.getParentSpanId().size()).isIn(0, 8);
		assertThat(span.getStartTimeUnixNano()).isNotNegative();
		assertThat(span.getEndTimeUnixNano()).isGreaterThanOrEqualTo(span.getStartTimeUnixNano());
	}

	/**
	 * A message that passes the walk may still be broken inside, but splitting it tells.
	 */
	private static void checkEncoded(byte[] message, EncodedRequests requests, MessageLite type) throws Exception {
		int count;
		try {
			BodyFormat.of(null, message, requests);
			count = requests.count(message);
		}
		catch (MalformedRecordException ex) {
			return;
		}
		try {
			int sum = 0;
			for (byte[] half : requests.halves(message)) {
				type.getParserForType().parseFrom(half);
				sum += requests.count(half);
			}
			assertThat(sum).isLessThanOrEqualTo(count);
		}
		catch (MalformedRecordException ex) {
			assertThat(ex).hasMessageStartingWith("not an export request of OTLP: ");
		}
	}

	private static byte[] message(Random random, List<byte[]> seeds) {
		if (random.nextInt(20) == 0) {
			byte[] noise = new byte[random.nextInt(200)];
			random.nextBytes(noise);
			return noise;
		}
		byte[] message = seeds.get(random.nextInt(seeds.size()));
		for (int change = random.nextInt(3); change >= 0; change--) {
			message = mutated(random, message, seeds);
		}
		return message;
	}

	private static byte[] mutated(Random random, byte[] message, List<byte[]> seeds) {
		int at = random.nextInt(message.length + 1);
		return switch (random.nextInt(10)) {
			case 0 -> Arrays.copyOf(message, at);
			case 1 -> splice(message, at, at, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
			case 2 -> splice(message, at, Math.min(message.length, at + random.nextInt(9)), new byte[0]);
			case 3 -> {
				byte[] other = seeds.get(random.nextInt(seeds.size()));
				int from = random.nextInt(other.length);
				int to = Math.min(other.length, from + random.nextInt(60));
				yield splice(message, at, at, Arrays.copyOfRange(other, from, to));
			}
			case 4 ->
				splice(message, at, Math.min(message.length, at + 1), SNIPPETS.get(random.nextInt(SNIPPETS.size())));
			case 5, 6 -> changed(message, at, random.nextInt(256));
			case 7 -> (at < message.length) ? changed(message, at, message[at] ^ 1 << random.nextInt(8)) : message;
			// Most likely still the JSON of something.
			default -> (at < message.length && Character.isLetterOrDigit(message[at] & 0x7f))
					? changed(message, at, (message[at] & 0x70) + random.nextInt(10)) : message;
		};
	}

	private static byte[] changed(byte[] message, int at, int value) {
		byte[] changed = message.clone();
		if (at < changed.length) {
			changed[at] = (byte) value;
		}
		return changed;
	}

	private static byte[] splice(byte[] message, int from, int to, byte[] inserted) {
		byte[] result = new byte[from + inserted.length + message.length - to];
		System.arraycopy(message, 0, result, 0, from);
		System.arraycopy(inserted, 0, result, from, inserted.length);
		System.arraycopy(message, to, result, from + inserted.length, message.length - to);
		return result;
	}

	private static List<String> with(List<String> records, String record) {
		List<String> all = new ArrayList<>(records);
		all.add(record);
		return all;
	}

}
