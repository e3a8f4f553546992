// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.tracing.kafka.BatchFailureIntegrationTests.linkedSpans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Code that runs in the context of one record, in a batch and elsewhere.
 */
class RecordContextIntegrationTests {

	private final List<SpanContext> inside = new CopyOnWriteArrayList<>();

	private final List<Baggage> baggage = new CopyOnWriteArrayList<>();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void recordOfABatchHasItsOwnTrace(boolean recordSpans) {
		String topic = KafkaBroker.newTopic("scope");
		String confirmed = KafkaBroker.newTopic("scope-confirmed");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.recordSpansInBatch(recordSpans))
			.start()) {
			List<SpanData> sends = BatchFailureIntegrationTests.sendTen(kafka, topic);
			CompletableFuture<Context> between = new CompletableFuture<>();
			kafka.listenInBatches(topic, (records) -> {
				Context batch = Context.current();
				for (ConsumerRecord<Object, Object> record : records) {
					kafka.tracing().forRecord(record).run(() -> {
						this.inside.add(Span.current().getSpanContext());
						kafka.send(new ProducerRecord<>(confirmed, record.value()));
					});
					assertThat(Context.current()).isSameAs(batch);
				}
				between.complete(batch);
			});
			List<SpanData> confirmations = kafka.spans().await("send " + confirmed, 10);
			String batch = Span.fromContext(between.join()).getSpanContext().getSpanId();
			assertThat(this.inside).extracting(SpanContext::getTraceId)
				.containsExactlyElementsOf(sends.stream().map(SpanData::getTraceId).toList());
			assertThat(confirmations).extracting(SpanData::getParentSpanId)
				.containsExactlyElementsOf(this.inside.stream().map(SpanContext::getSpanId).toList());
			if (recordSpans) {
				assertThat(this.inside).noneMatch(SpanContext::isRemote);
				assertThat(confirmations).allSatisfy(
						(span) -> assertThat(span.getLinks()).as("its parent, the record's span, links to the batch")
							.isEmpty());
			}
			else {
				assertThat(this.inside).extracting(SpanContext::getSpanId)
					.containsExactlyElementsOf(sends.stream().map(SpanData::getSpanId).toList());
				assertThat(confirmations).allSatisfy((span) -> assertThat(linkedSpans(span)).containsExactly(batch));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void recordThatIsForwardedInItsOwnContextIsSentOnce(boolean inBatch) {
		String topic = KafkaBroker.newTopic("scope");
		String forwarded = KafkaBroker.newTopic("scope-forwarded");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(topic, "a book");
			if (inBatch) {
				kafka.listenInBatches(topic, (records) -> forward(kafka, records.get(0), forwarded));
			}
			else {
				kafka.listen(topic, (record) -> Context.root().wrap(() -> forward(kafka, record, forwarded)).run());
			}
			SpanData send = kafka.spans().await("send " + topic);
			SpanData process = kafka.spans().await("process " + topic);
			SpanData forward = kafka.spans().await("send " + forwarded);
			assertThat(forward.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(linkedSpans(forward)).isEqualTo(inBatch ? List.of(process.getSpanId()) : List.of());
			assertThat(KafkaBroker.records(forwarded, 1).get(0).headers().headers("traceparent")).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void baggageOfTheRecordIsThere(boolean recordSpans) {
		String topic = KafkaBroker.newTopic("scope");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.recordSpansInBatch(recordSpans))
			.start()) {
			Context.root().with(Baggage.builder().put("customer", "alice").build()).wrap(() -> {
				kafka.send(topic, "a book");
			}).run();
			kafka.send(topic, "another");
			kafka.listenInBatches(topic, (records) -> {
				records.forEach(
						(record) -> kafka.tracing().forRecord(record).run(() -> this.baggage.add(Baggage.current())));
				this.baggage.add(Baggage.current());
			});
			kafka.spans().await((recordSpans ? "send " : "process ") + topic, recordSpans ? 2 : 1);
			await().until(() -> this.baggage.size() == 3);
			assertThat(this.baggage).extracting((entries) -> entries.getEntryValue("customer"))
				.containsExactly("alice", null, null);
		}
	}

	@Test
	void recordWithoutATraceRunsWhereItIs() {
		String topic = KafkaBroker.newTopic("scope");
		try (TracedKafka kafka = TracedKafka.start()) {
			ConsumerRecord<Object, Object> record = new ConsumerRecord<>(topic, 0, 0, "key", "value");
			assertThat(kafka.tracing().forRecord(record).context()).isSameAs(Context.current());
			Span request = kafka.sdk().getTracer("test").spanBuilder("request").startSpan();
			Context.root().with(request).wrap(() -> {
				record.headers().add("baggage", "customer=alice".getBytes());
				Context context = kafka.tracing().forRecord(record).context();
				assertThat(Span.fromContext(context)).isSameAs(request);
				assertThat(Baggage.fromContext(context).getEntryValue("customer")).isEqualTo("alice");
			}).run();
			request.end();
		}
	}

	@Test
	void exceptionsPassAndTheThreadIsClean() {
		String topic = KafkaBroker.newTopic("scope");
		try (TracedKafka kafka = TracedKafka.start()) {
			ConsumerRecord<Object, Object> record = received(kafka, topic);
			Context before = Context.root().with(ContextKey.named("mine"), "value");
			before.wrap(() -> {
				IOException checked = new IOException("injected");
				assertThatThrownBy(() -> kafka.tracing().forRecord(record).call(() -> {
					throw checked;
				})).isSameAs(checked);
				StackOverflowError error = new StackOverflowError("injected");
				assertThatThrownBy(() -> kafka.tracing().forRecord(record).run(() -> {
					throw error;
				})).isSameAs(error);
				kafka.tracing().forRecord(record).run(() -> {
					Object leaked = Context.current().with(ContextKey.named("leaked"), "value").makeCurrent();
					assertThat(leaked).isNotNull();
				});
				assertThat(Context.current()).isSameAs(before);
			}).run();
		}
	}

	@Test
	void resultIsHandedBackAndAnyThreadMayAsk() throws Exception {
		String topic = KafkaBroker.newTopic("scope");
		try (TracedKafka kafka = TracedKafka.start()) {
			ConsumerRecord<Object, Object> record = received(kafka, topic);
			RecordContext context = kafka.tracing().forRecord(record);
			String traceId = CompletableFuture.supplyAsync(() -> {
				try {
					return context.call(() -> Span.current().getSpanContext().getTraceId());
				}
				catch (Exception ex) {
					throw new AssertionError(ex);
				}
			}).get();
			assertThat(traceId).isEqualTo(kafka.spans().await("send " + topic).getTraceId());
		}
	}

	@Test
	void hostileHeadersOnlyCostTheContext() {
		try (TracedKafka kafka = TracedKafka.start()) {
			ConsumerRecord<Object, Object> record = new ConsumerRecord<>("topic", 0, 0, "key", "value") {

				@Override
				public Headers headers() {
					throw new UnsupportedOperationException("headers()");
				}

			};
			kafka.tracing().forRecord(record).run(() -> this.inside.add(Span.current().getSpanContext()));
			assertThat(this.inside).containsExactly(SpanContext.getInvalid());
		}
	}

	@Test
	void withoutTracingTheCodeRunsWhereItIs() {
		ConsumerRecord<Object, Object> record = new ConsumerRecord<>("topic", 0, 0, "key", "value");
		Context mine = Context.root().with(ContextKey.named("mine"), "value");
		RecordContext context = mine.wrapSupplier(() -> KafkaTracing.create(OpenTelemetry.noop()).forRecord(record))
			.get();
		assertThat(context.context()).isSameAs(mine);
	}

	private static ConsumerRecord<Object, Object> received(TracedKafka kafka, String topic) {
		CompletableFuture<ConsumerRecord<Object, Object>> received = new CompletableFuture<>();
		kafka.listen(topic, received::complete);
		kafka.send(topic, "a book");
		return received.join();
	}

	private static void forward(TracedKafka kafka, ConsumerRecord<Object, Object> record, String topic) {
		kafka.tracing()
			.forRecord(record)
			.run(() -> kafka
				.send(new ProducerRecord<>(topic, 0, null, record.key(), record.value(), record.headers())));
	}

}
