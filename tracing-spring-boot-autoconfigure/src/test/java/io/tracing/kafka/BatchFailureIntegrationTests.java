// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the failure of a batch leaves in the trace, and where its dead letters belong.
 */
class BatchFailureIntegrationTests {

	@Test
	void failureIsRecordedUnderTheNameOfTheUsersClass() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				throw new OutOfStock("no books left");
			}, (container) -> container.setCommonErrorHandler(new CommonLoggingErrorHandler()));
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "no books left"));
			assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(OutOfStock.class.getName());
			assertThat(process.getEvents()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void eachAttemptIsASpanWithTheSameLinks(boolean inPlace) {
		String topic = KafkaBroker.newTopic("batch");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start()) {
			List<SpanData> sends = sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				if (attempts.incrementAndGet() < 4) {
					throw inPlace ? new OutOfStock("attempt " + attempts.get()) : new BatchListenerFailedException(
							"injected", new OutOfStock("attempt " + attempts.get()), 0);
				}
			}, (container) -> container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 5))));
			List<SpanData> spans = kafka.spans().await("process " + topic, 4);
			assertThat(spans).allSatisfy((span) -> {
				assertThat(linkedSpans(span)).containsExactlyElementsOf(spanIds(sends));
				assertThat(span.getParentSpanContext().isValid()).isFalse();
			});
			assertThat(spans).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(spans).extracting(SpanData::getStatus)
				.containsExactly(StatusData.create(StatusCode.ERROR, "attempt 1"),
						StatusData.create(StatusCode.ERROR, "attempt 2"),
						StatusData.create(StatusCode.ERROR, "attempt 3"), StatusData.unset());
		}
	}

	@Test
	void deadLetterOfRecordSevenBelongsToItsTraceAndLinksToTheBatch() {
		String topic = KafkaBroker.newTopic("batch");
		KafkaBroker.createTopics(topic + "-dlt");
		List<String> processed = new CopyOnWriteArrayList<>();
		try (TracedKafka kafka = TracedKafka.start()) {
			List<SpanData> sends = sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				for (ConsumerRecord<Object, Object> record : records) {
					if (record.value().equals("7")) {
						throw new BatchListenerFailedException("injected", new OutOfStock("no books left"), record);
					}
					processed.add(String.valueOf(record.value()));
				}
			}, (container) -> container.setCommonErrorHandler(deadLetters(kafka, 1)));
			SpanData deadLetter = kafka.spans().await("send " + topic + "-dlt");
			List<SpanData> attempts = kafka.spans().await("process " + topic, 3);

			assertThat(deadLetter.getTraceId()).isEqualTo(sends.get(7).getTraceId());
			assertThat(deadLetter.getParentSpanId()).isEqualTo(sends.get(7).getSpanId());
			assertThat(linkedSpans(deadLetter)).containsExactly(attempts.get(1).getSpanId());
			assertThat(wireOf(topic + "-dlt")).contains(deadLetter.getTraceId(), deadLetter.getSpanId());

			assertThat(processed).containsExactly("0", "1", "2", "3", "4", "5", "6", "8", "9");
			assertThat(attempts).extracting((span) -> linkedSpans(span).size()).containsExactly(10, 3, 2);
			assertThat(attempts).extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
			assertThat(attempts.get(0).getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(OutOfStock.class.getName());
			for (SpanData send : sends) {
				if (send != sends.get(7)) {
					assertThat(kafka.spans().ended()).filteredOn((span) -> span.getTraceId().equals(send.getTraceId()))
						.as("the traces of the others are as they were")
						.hasSize(1);
				}
			}
		}
	}

	@Test
	void deadLettersOfAWholeBatchBelongEachToTheTraceOfItsRecord() {
		String topic = KafkaBroker.newTopic("batch");
		KafkaBroker.createTopics(topic + "-dlt");
		try (TracedKafka kafka = TracedKafka.start()) {
			List<SpanData> sends = sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				throw new OutOfStock("no books left");
			}, (container) -> container.setCommonErrorHandler(deadLetters(kafka, 2)));
			List<SpanData> deadLetters = kafka.spans().await("send " + topic + "-dlt", 10);
			List<SpanData> attempts = kafka.spans().await("process " + topic, 3);
			assertThat(deadLetters).extracting(SpanData::getParentSpanId)
				.containsExactlyInAnyOrderElementsOf(spanIds(sends));
			assertThat(deadLetters).extracting(SpanData::getTraceId)
				.containsExactlyInAnyOrderElementsOf(sends.stream().map(SpanData::getTraceId).toList());
			assertThat(deadLetters)
				.allSatisfy((span) -> assertThat(linkedSpans(span)).containsExactly(attempts.get(2).getSpanId()));
		}
	}

	@Test
	void deadLetterOfARecordWithoutATraceBelongsToTheBatch() {
		String topic = KafkaBroker.newTopic("batch");
		KafkaBroker.createTopics(topic + "-dlt");
		try (TracedKafka kafka = TracedKafka.start();
				TracedKafka untraced = TracedKafka.builder()
					.kafka((builder) -> builder.topics((name) -> false))
					.start()) {
			untraced.send(topic, "from elsewhere");
			kafka.listenInBatches(topic, (records) -> {
				throw new BatchListenerFailedException("injected", 0);
			}, (container) -> container.setCommonErrorHandler(deadLetters(kafka, 0)));
			SpanData deadLetter = kafka.spans().await("send " + topic + "-dlt");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(deadLetter.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(deadLetter.getLinks()).isEmpty();
			assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.as("there is no cause that would be more to the point")
				.isEqualTo(BatchListenerFailedException.class.getName());
		}
	}

	@Test
	void deadLetterOfAStrangersRecordOnlyLinksToTheStranger() {
		String topic = KafkaBroker.newTopic("batch");
		KafkaBroker.createTopics(topic + "-dlt");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.untrusted((name) -> name.equals(topic)))
			.start();
				TracedKafka untraced = TracedKafka.builder()
					.kafka((builder) -> builder.topics((name) -> false))
					.start()) {
			untraced.send(new ProducerRecord<>(topic, 0, null, null, "a book",
					new RecordHeaders().add("traceparent", TraceParentVector.VALID.getBytes(StandardCharsets.UTF_8))));
			kafka.listenInBatches(topic, (records) -> {
				throw new BatchListenerFailedException("injected", 0);
			}, (container) -> container.setCommonErrorHandler(deadLetters(kafka, 0)));
			SpanData deadLetter = kafka.spans().await("send " + topic + "-dlt");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(linkedSpans(process)).containsExactly(TraceParentVector.SPAN_ID);
			assertThat(deadLetter.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(linkedSpans(deadLetter)).containsExactly(TraceParentVector.SPAN_ID);
		}
	}

	@Test
	void whatTheListenerSendsBelongsToTheBatchAndWhatItForwardsToTheRecord() {
		String topic = KafkaBroker.newTopic("batch");
		String fresh = KafkaBroker.newTopic("batch-fresh");
		String forwarded = KafkaBroker.newTopic("batch-forwarded");
		try (TracedKafka kafka = TracedKafka.start()) {
			List<SpanData> sends = sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				kafka.send(fresh, "a summary");
				ConsumerRecord<Object, Object> last = records.get(9);
				kafka.send(new ProducerRecord<>(forwarded, 0, null, last.key(), last.value(), last.headers()));
			});
			SpanData process = kafka.spans().await("process " + topic);
			SpanData summary = kafka.spans().await("send " + fresh);
			SpanData forward = kafka.spans().await("send " + forwarded);
			assertThat(summary.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(summary.getLinks()).isEmpty();
			assertThat(forward.getParentSpanId()).isEqualTo(sends.get(9).getSpanId());
			assertThat(linkedSpans(forward)).containsExactly(process.getSpanId());
			assertThat(wireOf(forwarded)).contains(sends.get(9).getTraceId(), forward.getSpanId());
		}
	}

	static List<SpanData> sendTen(TracedKafka kafka, String topic) {
		for (int i = 0; i < 10; i++) {
			kafka.send(topic, Integer.toString(i));
		}
		return kafka.spans().await("send " + topic, 10);
	}

	static CommonErrorHandler deadLetters(TracedKafka kafka, int retries) {
		return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(kafka.template()),
				new FixedBackOff(0, retries));
	}

	static List<String> linkedSpans(SpanData span) {
		return span.getLinks().stream().map(LinkData::getSpanContext).map(SpanContext::getSpanId).toList();
	}

	private static List<String> spanIds(List<SpanData> spans) {
		return spans.stream().map(SpanData::getSpanId).toList();
	}

	/** The only value of the header that the only record of a topic carries. */
	private static String wireOf(String topic) {
		Iterable<Header> headers = KafkaBroker.records(topic, 1).get(0).headers().headers("traceparent");
		assertThat(headers).hasSize(1);
		return new String(headers.iterator().next().value(), StandardCharsets.UTF_8);
	}

	static final class OutOfStock extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OutOfStock(String message) {
			super(message);
		}

	}

}
