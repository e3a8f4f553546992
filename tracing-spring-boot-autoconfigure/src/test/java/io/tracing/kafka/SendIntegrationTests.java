// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What other tracers of producers promise: headers of others stay, the context is there
 * exactly once, and the user's callback learns what it would learn untraced.
 */
@SuppressWarnings("try")
class SendIntegrationTests {

	private final String topic = KafkaBroker.newTopic("send");

	@AfterEach
	void threadIsClean() {
		assertThat(Context.current()).isSameAs(Context.root());
	}

	@Test
	void headersOfOthersStayBesideExactlyOneContext() {
		try (TracedKafka kafka = TracedKafka.start()) {
			List<Header> others = List.of(header("traceparent-of-theirs", "x"), header("hop", "one"),
					new RecordHeader("binary", new byte[] { 0, -1 }), header("hop", "two"), header("empty", null));
			ProducerRecord<Object, Object> record = new ProducerRecord<>(this.topic, 0, null, null, "a book", others);
			record.headers().add(header("Traceparent", TraceParentVector.VALID)).add(header("traceparent", "stale"));
			kafka.send(record);
			assertThat(withoutContext(wire())).isEqualTo(others);
			assertOneContext(kafka.spans().await("send " + this.topic));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contextThatIsNoneIsReplaced(boolean twice) {
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(this.topic, "a book");
			if (twice) {
				record.headers()
					.add(header("traceparent", TraceParentVector.VALID))
					.add(header("traceparent", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01"));
			}
			else {
				record.headers().add(header("traceparent", null));
			}
			kafka.send(record);
			SpanData send = kafka.spans().await("send " + this.topic);
			assertThat(send.getParentSpanContext().isValid()).isFalse();
			assertThat(send.getLinks()).isEmpty();
			assertOneContext(send);
		}
	}

	@Test
	void recordGoesOutAsItCameIfPropagationIsSwitchedOff() {
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.propagation(false)).start()) {
			List<Header> headers = List.of(header("hop", "one"), header("traceparent", TraceParentVector.VALID));
			kafka.send(new ProducerRecord<>(this.topic, 0, null, null, "a book", headers));
			assertThat(wire()).isEqualTo(headers);
			assertThat(kafka.spans().await("send " + this.topic).getStatus().getStatusCode())
				.isEqualTo(StatusCode.UNSET);
		}
	}

	@Test
	void sendIsAChildOfTheCurrentSpan() {
		try (TracedKafka kafka = TracedKafka.start()) {
			Span sender = kafka.sdk().getTracer("test").spanBuilder("sender").startSpan();
			try (Scope scope = sender.makeCurrent()) {
				kafka.send(this.topic, "a book");
				assertThat(Span.current()).isSameAs(sender);
			}
			sender.end();
			SpanData send = kafka.spans().await("send " + this.topic);
			assertThat(send.getParentSpanId()).isEqualTo(sender.getSpanContext().getSpanId());
			assertOneContext(send);
		}
	}

	@Test
	void decisionNotToSampleTravels() {
		try (TracedKafka kafka = TracedKafka.builder()
			.tracers((tracers) -> tracers.setSampler(Sampler.alwaysOff()))
			.start()) {
			kafka.send(this.topic, "a book");
			assertThat(traceParents()).singleElement()
				.satisfies(
						(value) -> assertThat(Integer.parseInt(value.substring(value.length() - 2), 16) & 1).isZero());
		}
	}

	@Test
	void callbackOfAFailedSendIsGivenTheExceptionInTheSendersContext() throws Exception {
		String small = KafkaBroker.newTopic("small", 1, Map.of("max.message.bytes", "500"));
		try (TracedKafka kafka = TracedKafka.start();
				Producer<Object, Object> producer = kafka.producerFactory().createProducer()) {
			Span sender = kafka.sdk().getTracer("test").spanBuilder("sender").startSpan();
			CompletableFuture<Exception> failure = new CompletableFuture<>();
			CompletableFuture<Span> current = new CompletableFuture<>();
			try (Scope scope = sender.makeCurrent()) {
				producer.send(new ProducerRecord<>(small, "x".repeat(1000)), (metadata, exception) -> {
					current.complete(Span.current());
					failure.complete(exception);
				});
			}
			assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(RecordTooLargeException.class);
			assertThat(current.get()).isSameAs(sender);
			sender.end();
			SpanData send = kafka.spans().await("send " + small);
			assertThat(send.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(send.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(RecordTooLargeException.class.getName());
		}
	}

	@Test
	void callbackThatThrowsLeavesNothingBehindOnTheThreadOfTheProducer() throws Exception {
		try (TracedKafka kafka = TracedKafka.start();
				Producer<Object, Object> producer = kafka.producerFactory().createProducer()) {
			Span sender = kafka.sdk().getTracer("test").spanBuilder("sender").startSpan();
			try (Scope scope = sender.makeCurrent()) {
				producer.send(new ProducerRecord<>(this.topic, "a book"), (metadata, exception) -> {
					throw new IllegalStateException("injected");
				});
			}
			sender.end();
			CompletableFuture<Context> next = new CompletableFuture<>();
			producer.send(new ProducerRecord<>(this.topic, "another"),
					(metadata, exception) -> next.complete(Context.current()));
			assertThat(next.get(10, TimeUnit.SECONDS)).isSameAs(Context.root());
			assertThat(kafka.spans().await("send " + this.topic, 2))
				.extracting((span) -> span.getStatus().getStatusCode())
				.containsOnly(StatusCode.UNSET);
		}
	}

	private void assertOneContext(SpanData send) {
		assertThat(traceParents()).singleElement().asString().contains(send.getTraceId() + "-" + send.getSpanId());
	}

	private List<String> traceParents() {
		return wire().stream()
			.filter((header) -> header.key().equalsIgnoreCase("traceparent"))
			.map((header) -> new String(header.value(), StandardCharsets.UTF_8))
			.toList();
	}

	private static List<Header> withoutContext(List<Header> headers) {
		return headers.stream().filter((header) -> !header.key().equalsIgnoreCase("traceparent")).toList();
	}

	private List<Header> wire() {
		return Arrays.asList(KafkaBroker.records(this.topic, 1).get(0).headers().toArray());
	}

	private static Header header(String name, @Nullable String value) {
		return new RecordHeader(name, (value != null) ? value.getBytes(StandardCharsets.UTF_8) : null);
	}

}
