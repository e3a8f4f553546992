// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 6: the wire is honest. At most one value of each propagation field is on a
 * message, under its lower-case name, whatever was there before.
 */
@SuppressWarnings("try")
class HonestWireIntegrationTests {

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "Traceparent", "TRACEPARENT" })
	void forwardedRecordCarriesOneTraceParent(String staleName) {
		String topic = KafkaBroker.newTopic("wire");
		String forwarded = KafkaBroker.newTopic("forwarded");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, (record) -> kafka
				.send(new ProducerRecord<>(forwarded, null, record.key(), record.value(), record.headers())));
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
			record.headers().add(staleName, TraceParentVector.VALID.getBytes(StandardCharsets.UTF_8));
			kafka.send(record);
			SpanData first = kafka.spans().await("send " + topic);
			SpanData process = kafka.spans().await("process " + topic);
			SpanData second = kafka.spans().await("send " + forwarded);
			assertThat(first.getTraceId()).isEqualTo(TraceParentVector.TRACE_ID);
			assertThat(first.getParentSpanId()).isEqualTo(TraceParentVector.SPAN_ID);
			assertThat(second.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(second.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(first.getSpanId());
			assertThat(traceParents(KafkaBroker.records(topic, 1).get(0))).singleElement()
				.asString()
				.contains(first.getSpanId());
			assertThat(traceParents(KafkaBroker.records(forwarded, 1).get(0))).singleElement()
				.asString()
				.contains(second.getSpanId());
		}
	}

	@Test
	void invalidTraceParentIsReplaced() {
		String topic = KafkaBroker.newTopic("wire");
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
			record.headers().add("traceparent", "garbage".getBytes(StandardCharsets.UTF_8));
			kafka.send(record);
			SpanData send = kafka.spans().await("send " + topic);
			assertThat(send.getParentSpanContext().isValid()).isFalse();
			assertThat(send.getLinks()).isEmpty();
			assertThat(traceParents(KafkaBroker.records(topic, 1).get(0))).singleElement()
				.asString()
				.contains(send.getSpanId());
		}
	}

	@Test
	void sendSpanThatSomebodyElseMadeIsNotDoubled() {
		String topic = KafkaBroker.newTopic("wire");
		try (TracedKafka kafka = TracedKafka.start()) {
			Span other = kafka.sdk().getTracer("other").spanBuilder("send by another").startSpan();
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
			try (Scope scope = other.makeCurrent()) {
				kafka.sdk()
					.getPropagators()
					.getTextMapPropagator()
					.inject(Context.current(), record.headers(), KafkaHeadersSetter.INSTANCE);
				kafka.send(record);
			}
			other.end();
			assertThat(kafka.spans().named("send " + topic)).isEmpty();
			assertThat(traceParents(KafkaBroker.records(topic, 1).get(0))).singleElement()
				.asString()
				.contains(other.getSpanContext().getSpanId());
		}
	}

	@Test
	void configuredPropagatorIsUsed() {
		String topic = KafkaBroker.newTopic("wire");
		try (TracedKafka kafka = TracedKafka.builder().propagator(B3Propagator.injectingSingleHeader()).start()) {
			Inbox<String> inbox = Inbox.of((record) -> Span.current().getSpanContext().getTraceId());
			kafka.listen(topic, inbox);
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
			record.headers().add("B3", "0".getBytes(StandardCharsets.UTF_8));
			kafka.send(record);
			SpanData send = kafka.spans().await("send " + topic);
			assertThat(inbox.await()).isEqualTo(send.getTraceId());
			Headers headers = KafkaBroker.records(topic, 1).get(0).headers();
			assertThat(headers).extracting(Header::key).containsExactly("b3");
			assertThat(new String(headers.lastHeader("b3").value(), StandardCharsets.UTF_8))
				.isEqualTo(send.getTraceId() + "-" + send.getSpanId() + "-1");
		}
	}

	@Test
	void b3MultiHeadersGoThereAndBack() {
		String topic = KafkaBroker.newTopic("wire");
		try (TracedKafka kafka = TracedKafka.builder().propagator(B3Propagator.injectingMultiHeaders()).start()) {
			Inbox<String> inbox = Inbox.of((record) -> Span.current().getSpanContext().getTraceId());
			kafka.listen(topic, inbox);
			kafka.send(topic, "a book");
			assertThat(inbox.await()).isEqualTo(kafka.spans().await("send " + topic).getTraceId());
			assertThat(KafkaBroker.records(topic, 1).get(0).headers()).extracting(Header::key)
				.containsExactlyInAnyOrder("X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled");
		}
	}

	@Test
	void baggageTravelsAndIsWrittenOnce() {
		String topic = KafkaBroker.newTopic("wire");
		try (TracedKafka kafka = TracedKafka.start()) {
			Inbox<String> inbox = Inbox.of((record) -> String.valueOf(Baggage.current().getEntryValue("tenant")));
			kafka.listen(topic, inbox);
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
			record.headers().add("baggage", "tenant=stale".getBytes(StandardCharsets.UTF_8));
			try (Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
				kafka.send(record);
			}
			assertThat(inbox.await()).isEqualTo("acme");
			assertThat(KafkaBroker.records(topic, 1).get(0).headers().headers("baggage")).hasSize(1);
		}
	}

	@Test
	void staleTraceStateIsRemoved() {
		String topic = KafkaBroker.newTopic("wire");
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
			record.headers().add("tracestate", "foo=1".getBytes(StandardCharsets.UTF_8));
			kafka.send(record);
			assertThat(KafkaBroker.records(topic, 1).get(0).headers()).extracting(Header::key)
				.containsExactly("traceparent");
		}
	}

	private static List<String> traceParents(ConsumerRecord<?, ?> record) {
		return StreamSupport.stream(record.headers().spliterator(), false)
			.filter((header) -> header.key().toLowerCase(Locale.ROOT).equals("traceparent"))
			.peek((header) -> assertThat(header.key()).isEqualTo("traceparent"))
			.map((header) -> new String(header.value(), StandardCharsets.UTF_8))
			.toList();
	}

}
