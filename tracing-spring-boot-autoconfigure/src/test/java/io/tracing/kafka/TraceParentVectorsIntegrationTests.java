// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TraceParentVector.Expected;
import io.tracing.testing.TracedKafka;
import io.tracing.testing.Warnings;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.tracing.testing.TraceParentVector.SPAN_ID;
import static io.tracing.testing.TraceParentVector.TRACE_ID;
import static io.tracing.testing.TraceParentVector.VALID;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Headers as strangers send them, written by an untraced producer as raw bytes, and what
 * a real listener then runs in. Whatever the header, the message is processed.
 */
@TestInstance(Lifecycle.PER_CLASS)
class TraceParentVectorsIntegrationTests {

	private final TracedKafka kafka = TracedKafka.builder()
		.tracers((tracers) -> tracers.setSampler(Sampler.parentBased(Sampler.alwaysOn())))
		.start();

	private final KafkaProducer<String, String> stranger = new KafkaProducer<>(
			Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers()), new StringSerializer(),
			new StringSerializer());

	private final String topic = KafkaBroker.newTopic("hostile");

	private final Inbox<Received> inbox = Inbox.of((record) -> new Received(String.valueOf(record.value()),
			Span.current().getSpanContext(), Baggage.current()));

	private int sent;

	@BeforeAll
	void listen() {
		this.kafka.listen(this.topic, this.inbox);
	}

	@AfterAll
	void close() {
		this.stranger.close();
		this.kafka.close();
	}

	static List<TraceParentVector> vectors() {
		return TraceParentVector.all();
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void headerIsAcceptedOrANewTraceStarts(TraceParentVector vector) {
		List<Field> fields = new ArrayList<>();
		if (!vector.traceparent().isEmpty()) {
			fields.add(new Field("traceparent", vector.traceparent()));
		}
		if (!vector.tracestate().isEmpty()) {
			fields.add(new Field("tracestate", vector.tracestate()));
		}
		Received received = exchange(fields);
		boolean accepted = vector.expected() == Expected.ACCEPT || (vector.expected() == Expected.EITHER
				&& received.span().getTraceId().equals(traceId(vector.traceparent().trim())));
		if (accepted) {
			assertContinues(received, vector.traceparent().trim(),
					vector.sampled() || vector.expected() == Expected.EITHER);
			if (vector.expected() == Expected.ACCEPT) {
				assertThat(received.span().getTraceFlags().asByte() & 0x02).isEqualTo(vector.random() ? 0x02 : 0);
			}
		}
		else {
			assertStartsAnew(received);
		}
	}

	@Test
	void nullValueIsAsGoodAsMissing() {
		assertStartsAnew(exchange(List.of(new Field("traceparent", (byte[]) null))));
	}

	@Test
	void sameValueTwiceIsAccepted() {
		assertContinues(exchange(List.of(new Field("traceparent", VALID), new Field("traceparent", VALID))), VALID,
				true);
	}

	@Test
	void twoDifferentValuesStartANewTrace() {
		assertStartsAnew(exchange(List.of(new Field("traceparent", VALID),
				new Field("traceparent", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01"))));
	}

	@Test
	void nameIsReadIgnoringCase() {
		assertContinues(exchange(List.of(new Field("Traceparent", VALID))), VALID, true);
		assertContinues(exchange(List.of(new Field("TRACEPARENT", VALID))), VALID, true);
	}

	@Test
	void exactNameIsPreferred() {
		assertContinues(
				exchange(List.of(new Field("Traceparent", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01"),
						new Field("traceparent", VALID))),
				VALID, true);
	}

	@Test
	void invalidUtf8StartsANewTrace() {
		byte[] value = VALID.getBytes(StandardCharsets.US_ASCII);
		value[3] = (byte) 0xC3;
		value[4] = 0x28;
		assertStartsAnew(exchange(List.of(new Field("traceparent", value))));
	}

	@Test
	void characterThatMakesOpenTelemetryThrowStartsANewTrace() {
		try (Warnings warnings = new Warnings()) {
			String hostile = VALID.substring(0, 3) + "\uffff" + VALID.substring(4);
			long before = this.kafka.tracing().messaging().faults().count();
			assertStartsAnew(exchange(List.of(new Field("traceparent", hostile))));
			assertThat(this.kafka.tracing().messaging().faults().count()).isEqualTo(before + 1);
			assertThat(warnings.messages()).hasSizeLessThanOrEqualTo(1);
		}
	}

	@Test
	void hugeValueStartsANewTrace() {
		byte[] value = new byte[1 << 19];
		Arrays.fill(value, (byte) 'a');
		byte[] start = ("cc" + VALID.substring(2) + "-").getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(start, 0, value, 0, start.length);
		assertStartsAnew(exchange(List.of(new Field("traceparent", value))));
	}

	@Test
	void traceStateAloneIsIgnored() {
		Received received = exchange(List.of(new Field("tracestate", "foo=1")));
		assertStartsAnew(received);
		assertThat(received.span().getTraceState().asMap()).isEmpty();
	}

	@Test
	void traceStateInTwoHeadersIsJoined() {
		Received received = exchange(List.of(new Field("traceparent", VALID), new Field("tracestate", "foo=1"),
				new Field("tracestate", "bar=2")));
		assertContinues(received, VALID, true);
		assertThat(received.span().getTraceState().asMap()).containsExactly(Map.entry("foo", "1"),
				Map.entry("bar", "2"));
	}

	@Test
	void malformedBaggageDoesNotBreakTheTrace() {
		Received received = exchange(
				List.of(new Field("traceparent", VALID), new Field("baggage", ";;=,,\u0000=\ufffd%zz")));
		assertContinues(received, VALID, true);
		assertThat(received.baggage().asMap()).isEmpty();
	}

	@Test
	void baggageWithoutTraceArrives() {
		Received received = exchange(List.of(new Field("baggage", "tenant=acme")));
		assertStartsAnew(received);
		assertThat(received.baggage().getEntryValue("tenant")).isEqualTo("acme");
	}

	private Received exchange(List<Field> fields) {
		ProducerRecord<String, String> record = new ProducerRecord<>(this.topic, "message " + this.sent);
		fields.forEach((field) -> record.headers().add(field.name(), field.value()));
		this.stranger.send(record);
		Received received = this.inbox.await(++this.sent).get(this.sent - 1);
		assertThat(received.value()).isEqualTo(record.value());
		assertThat(received.span().isValid()).isTrue();
		return received;
	}

	private void assertContinues(Received received, String header, boolean sampled) {
		assertThat(received.span().getTraceId()).isEqualTo(traceId(header));
		assertThat(received.span().isSampled()).isEqualTo(sampled);
		if (sampled) {
			SpanData process = span(received);
			assertThat(process.getParentSpanId()).isEqualTo(header.substring(36, 52));
			assertThat(process.getLinks()).extracting(LinkData::getSpanContext).singleElement().satisfies((link) -> {
				assertThat(link.getTraceId()).isEqualTo(traceId(header));
				assertThat(link.getSpanId()).isEqualTo(header.substring(36, 52));
			});
		}
	}

	private void assertStartsAnew(Received received) {
		assertThat(received.span().getTraceId()).isNotEqualTo(TRACE_ID);
		SpanData process = span(received);
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertThat(process.getLinks()).isEmpty();
		assertThat(process.getParentSpanId()).isNotEqualTo(SPAN_ID);
	}

	private SpanData span(Received received) {
		return this.kafka.spans().awaitSpan(received.span().getSpanId());
	}

	private static String traceId(String header) {
		return (header.length() >= 35) ? header.substring(3, 35) : header;
	}

	private record Received(String value, SpanContext span, Baggage baggage) {

	}

	private record Field(String name, byte[] value) {

		Field(String name, String value) {
			this(name, value.getBytes(StandardCharsets.UTF_8));
		}

	}

}
