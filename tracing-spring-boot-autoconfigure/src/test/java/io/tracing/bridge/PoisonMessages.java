// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

import com.google.protobuf.ByteString;
import io.nats.client.impl.Headers;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Messages that a bridge must survive, the same each time: by its number, each is either
 * a record that is known to be good or one of the many kinds of what is not. Those that
 * are made by mutation may be good by chance.
 */
final class PoisonMessages {

	/** Every so many is a good one. */
	static final int GOOD_EVERY = 7;

	private static final long SEED = 20260405;

	private static final int MAX_PAYLOAD = 1024 * 1024;

	/** Large ones are rare, or nothing else would get through. */
	private static final int LARGE_EVERY = 1_501;

	private static final String PROTOBUF = "application/x-protobuf";

	private static final String CAMEL_CASE_METRIC = """
			{"name":"mutant","unit":"ms","serviceName":"w","timestamp":"2026-04-05T12:00:00Z","data":{"DataPoints":[\
			{"Attributes":[{"Key":"k","Value":{"Type":"STRING","Value":"v"}}],"StartTime":"2026-04-05T11:00:00Z",\
			"Time":"2026-04-05T12:00:00Z","Count":3,"Bounds":[1,5],"BucketCounts":[1,1,1],"Min":0.5,"Max":null,\
			"Sum":9}],"Temporality":"CumulativeTemporality"}}""";

	// What only the backend finds wrong takes many requests to be found, and is rare.
	private static final List<Function<Random, PoisonMessage>> KINDS = List.of(PoisonMessages::randomBytes,
			PoisonMessages::randomBytes, PoisonMessages::randomText, PoisonMessages::randomText,
			PoisonMessages::mutatedJson, PoisonMessages::mutatedJson, PoisonMessages::mutatedJson,
			PoisonMessages::mutatedJson, PoisonMessages::mutatedJson, PoisonMessages::mutatedJson,
			PoisonMessages::truncatedJson, PoisonMessages::truncatedJson, PoisonMessages::replacedValue,
			PoisonMessages::replacedValue, PoisonMessages::replacedValue, PoisonMessages::replacedValue,
			PoisonMessages::replacedValue, PoisonMessages::mutatedRequest, PoisonMessages::truncatedRequest,
			PoisonMessages::truncatedRequest, PoisonMessages::wrongContentType, PoisonMessages::wrongContentType,
			PoisonMessages::otherSignal, PoisonMessages::empty, PoisonMessages::empty, PoisonMessages::oddHeaders,
			PoisonMessages::garbageThatIsProtobuf);

	private static final List<Function<Random, PoisonMessage>> LARGE_KINDS = List.of(PoisonMessages::hugeJson,
			PoisonMessages::hugeRequest, PoisonMessages::hugeGarbage, PoisonMessages::deepJson,
			PoisonMessages::deepRequest);

	private static final List<String> VALUES = List.of("null", "true", "0", "-1", "1e999", "-0.0", "1e-400",
			"99999999999999999999", "9223372036854775807", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"x\"", "[]", "{}",
			"[[[[]]]]", "{\"a\":{\"b\":null}}", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999999999Z\"",
			"\"2026-02-30T25:61:61Z\"", "NaN", "Infinity", "'x'", "undefined", "\"AAAAAAAAAAAAAAAAAAAAAA==\"",
			"\"00000000000000000000000000000000\"");

	private PoisonMessages() {
	}

	static boolean isGood(int index) {
		return index % GOOD_EVERY == 0;
	}

	static PoisonMessage of(int index) {
		Random random = new Random(SEED * 31 + index);
		// The first number of neighbours is much the same.
		random.nextLong();
		if (isGood(index)) {
			return good(index);
		}
		List<Function<Random, PoisonMessage>> kinds = (index % LARGE_EVERY < LARGE_KINDS.size()) ? LARGE_KINDS : KINDS;
		return kinds.get(random.nextInt(kinds.size())).apply(random);
	}

	/** A record that must arrive, once. Its number is its index. */
	private static PoisonMessage good(int index) {
		return switch (index / GOOD_EVERY % 8) {
			case 0 -> request(Signal.SPANS, PROTOBUF, OtlpSamples.spans(index, 1));
			case 1 -> request(Signal.SPANS, null, OtlpSamples.spans(index, 1));
			case 2 -> new PoisonMessage("telemetry.spans.dagnats-engine.r1", null, OtlpSamples.spanRecord(index));
			case 3 -> json(Signal.SPANS, camelCaseSpan(OtlpSamples.span(index)));
			case 4 -> request(Signal.LOGS, PROTOBUF + "; charset=none", OtlpSamples.logs(index, 1));
			case 5 -> json(Signal.LOGS, logRecord("log-" + index));
			case 6 -> request(Signal.METRICS, PROTOBUF, OtlpSamples.metrics(index, 1));
			default -> json(Signal.METRICS, metricRecord("metric-" + index));
		};
	}

	private static PoisonMessage request(Signal signal, @Nullable String contentType, byte[] body) {
		return new PoisonMessage(signal.subjectPrefix() + "orders",
				(contentType != null) ? new Headers().add("Content-Type", contentType) : null, body);
	}

	private static PoisonMessage json(Signal signal, String body) {
		return new PoisonMessage(signal.subjectPrefix() + "orders.x", null, body.getBytes(StandardCharsets.UTF_8));
	}

	private static String camelCaseSpan(Span span) {
		Base64.Encoder base64 = Base64.getEncoder();
		return """
				{"traceId":"%s", "spanId":"%s", "name":"%s", "kind":"SPAN_KIND_SERVER", "startTimeUnixNano":"%d",\
				"endTimeUnixNano":"%d", "attributes":[{"key":"n", "value":{"intValue":"7"}}], "status":{}}""".formatted(
				base64.encodeToString(span.getTraceId().toByteArray()),
				base64.encodeToString(span.getSpanId().toByteArray()), span.getName(), span.getStartTimeUnixNano(),
				span.getEndTimeUnixNano());
	}

	private static String logRecord(String message) {
		return """
				{"level":"error","message":"%s","service":"w","fields":{"attempt":3,"run_id":"r"},\
				"timestamp":"2026-04-05T12:00:00.12Z","error":"connection refused"}""".formatted(message);
	}

	private static String metricRecord(String name) {
		return """
				{"name":"%s","type":"counter","value":1,"tags":{"k":"v"},"service":"w",\
				"timestamp":"2026-04-05T12:00:00.12Z"}""".formatted(name);
	}

	private static String camelCaseLog(Random random) {
		return """
				{"timestamp":"2026-04-05T12:00:00Z","severity":"warn","body":"mutant","serviceName":"w",\
				"attributes":{"a":"b"},"traceId":"%016x%016x","spanId":"%016x"}""".formatted(random.nextLong(),
				random.nextLong(), random.nextLong());
	}

	/** A span of its own: no mutation makes it one of the good ones. */
	private static Span mutant(Random random) {
		byte[] id = new byte[16];
		random.nextBytes(id);
		id[0] |= 1;
		return OtlpSamples.span(0)
			.toBuilder()
			.setTraceId(ByteString.copyFrom(id))
			.setSpanId(ByteString.copyFrom(id, 0, 8))
			.setName("mutant")
			.build();
	}

	private static String mutantJson(Signal signal, Random random) {
		boolean snakeCase = random.nextBoolean();
		return switch (signal) {
			case SPANS -> snakeCase
					? """
							{"trace_id":"%016x%016x","span_id":"%016x","name":"mutant","service":"w","kind":"server",\
							"start_time":"2026-04-05T12:00:00.12Z","end_time":"2026-04-05T12:00:01Z","duration_ms":1234,\
							"status":"error","error":"e","attributes":{"b":true,"n":42},"events":[{"name":"ev",\
							"time":"2026-04-05T12:00:00.12Z"}]}"""
						.formatted(random.nextLong(), random.nextLong(), random.nextLong())
					: camelCaseSpan(mutant(random));
			case LOGS -> snakeCase ? logRecord("mutant") : camelCaseLog(random);
			case METRICS -> snakeCase ? metricRecord("mutant") : CAMEL_CASE_METRIC;
		};
	}

	private static byte[] mutantRequest(Signal signal, Random random) {
		return switch (signal) {
			case SPANS -> {
				ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
				var scope = request.addResourceSpansBuilder().addScopeSpansBuilder();
				for (int count = random.nextInt(4); count >= 0; count--) {
					scope.addSpans(mutant(random));
				}
				yield request.build().toByteArray();
			}
			// Numbers that no good one has.
			case LOGS -> OtlpSamples.logs(-1 - random.nextInt(1_000_000), 1 + random.nextInt(3));
			case METRICS -> OtlpSamples.metrics(-1 - random.nextInt(1_000_000), 1 + random.nextInt(3));
		};
	}

	private static Signal signal(Random random) {
		return Signal.values()[random.nextInt(Signal.values().length)];
	}

	private static PoisonMessage randomBytes(Random random) {
		byte[] body = new byte[random.nextInt(300)];
		random.nextBytes(body);
		return request(signal(random), random.nextBoolean() ? PROTOBUF : null, body);
	}

	private static PoisonMessage randomText(Random random) {
		String alphabet = "{}[]\",:\\0123456789eE+-.tfn \n\u00e9\u2028ud";
		StringBuilder text = new StringBuilder("{");
		for (int left = random.nextInt(100); left > 0; left--) {
			text.append(alphabet.charAt(random.nextInt(alphabet.length())));
		}
		return json(signal(random), text.toString());
	}

	private static PoisonMessage mutatedJson(Random random) {
		Signal signal = signal(random);
		byte[] body = mutantJson(signal, random).getBytes(StandardCharsets.UTF_8);
		return new PoisonMessage(signal.subjectPrefix() + "w.x", null, Mutation.apply(body, random));
	}

	private static PoisonMessage truncatedJson(Random random) {
		Signal signal = signal(random);
		String body = mutantJson(signal, random);
		return json(signal, body.substring(0, random.nextInt(body.length())));
	}

	/** The value of one field becomes another one. */
	private static PoisonMessage replacedValue(Random random) {
		Signal signal = signal(random);
		String body = mutantJson(signal, random);
		int colon = body.indexOf("\":", random.nextInt(body.length() / 2));
		int end = body.indexOf(',', colon);
		if (colon < 0 || end < 0) {
			return json(signal, body);
		}
		return json(signal,
				body.substring(0, colon + 2) + VALUES.get(random.nextInt(VALUES.size())) + body.substring(end));
	}

	private static PoisonMessage mutatedRequest(Random random) {
		Signal signal = signal(random);
		return request(signal, random.nextBoolean() ? PROTOBUF : null,
				Mutation.apply(mutantRequest(signal, random), random));
	}

	private static PoisonMessage truncatedRequest(Random random) {
		Signal signal = signal(random);
		byte[] body = mutantRequest(signal, random);
		return request(signal, random.nextBoolean() ? PROTOBUF : null,
				Arrays.copyOf(body, random.nextInt(body.length)));
	}

	private static PoisonMessage wrongContentType(Random random) {
		Signal signal = signal(random);
		return random.nextBoolean() ? request(signal, "application/json", mutantRequest(signal, random))
				: request(signal, PROTOBUF, mutantJson(signal, random).getBytes(StandardCharsets.UTF_8));
	}

	private static PoisonMessage otherSignal(Random random) {
		byte[] body = random.nextBoolean() ? mutantRequest(signal(random), random)
				: mutantJson(signal(random), random).getBytes(StandardCharsets.UTF_8);
		return request(signal(random), null, body);
	}

	private static PoisonMessage empty(Random random) {
		return request(signal(random), random.nextBoolean() ? PROTOBUF : null, new byte[0]);
	}

	private static PoisonMessage oddHeaders(Random random) {
		Headers headers = switch (random.nextInt(6)) {
			case 0 -> new Headers().add("Content-Type", "");
			case 1 -> new Headers().add("content-type", "text/plain", PROTOBUF);
			case 2 -> new Headers().add("!#$%&'*+-.^_`|~", "\t \u0001\u007f;\"\\");
			case 3 -> new Headers().add("Dead-Letter-Body", "gzip").add("Dead-Letter-Subject", "telemetry.spans.other");
			case 4 -> new Headers().add("X", "y".repeat(10_000));
			default -> new Headers().add("CONTENT-TYPE", "  APPLICATION/X-PROTOBUF ;; ");
		};
		Signal signal = signal(random);
		byte[] body = random.nextBoolean() ? mutantRequest(signal, random)
				: Mutation.apply(mutantJson(signal, random).getBytes(StandardCharsets.UTF_8), random);
		return new PoisonMessage(signal.subjectPrefix() + "a_-$!\"(),;=@.%00", headers, body);
	}

	/** Framed as a request is, as far as one can see without decoding it. */
	private static PoisonMessage garbageThatIsProtobuf(Random random) {
		byte[] record = new byte[random.nextInt(60)];
		random.nextBytes(record);
		byte[] body = record;
		for (int tag : new int[] { 0x12, 0x12, 0x0A }) {
			byte[] outer = new byte[body.length + 2];
			outer[0] = (byte) tag;
			outer[1] = (byte) body.length;
			System.arraycopy(body, 0, outer, 2, body.length);
			body = outer;
		}
		return request(signal(random), PROTOBUF, body);
	}

	private static PoisonMessage hugeJson(Random random) {
		return json(Signal.LOGS, logRecord("x".repeat(MAX_PAYLOAD - 2_000 - random.nextInt(100_000))));
	}

	private static PoisonMessage hugeRequest(Random random) {
		Span span = mutant(random).toBuilder().setName("x".repeat(MAX_PAYLOAD - 1_000)).build();
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
		return request(Signal.SPANS, PROTOBUF, request.build().toByteArray());
	}

	/** Fits into a message, but not beside what a dead letter says about it. */
	private static PoisonMessage hugeGarbage(Random random) {
		byte[] body = new byte[MAX_PAYLOAD - 500];
		if (random.nextBoolean()) {
			random.nextBytes(body);
		}
		return request(signal(random), PROTOBUF, body);
	}

	private static PoisonMessage deepJson(Random random) {
		int depth = 100_000;
		return json(signal(random), "{\"trace_id\":"
				+ (random.nextBoolean() ? "[".repeat(depth) : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth)));
	}

	/** Deeper than the official classes go. */
	private static PoisonMessage deepRequest(Random random) {
		AnyValue value = AnyValue.newBuilder().setBoolValue(true).build();
		for (int depth = 1_000; depth > 0; depth--) {
			value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
		}
		Span span = mutant(random).toBuilder()
			.addAttributes(KeyValue.newBuilder().setKey("deep").setValue(value))
			.build();
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
		return request(Signal.SPANS, PROTOBUF, request.build().toByteArray());
	}

}
