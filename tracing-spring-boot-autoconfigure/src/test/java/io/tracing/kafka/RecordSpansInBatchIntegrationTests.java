// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.ConsumerParent;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;

import static io.tracing.kafka.BatchFailureIntegrationTests.deadLetters;
import static io.tracing.kafka.BatchFailureIntegrationTests.linkedSpans;
import static io.tracing.kafka.BatchFailureIntegrationTests.sendTen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The option to have a process span for each record of a batch as well.
 */
class RecordSpansInBatchIntegrationTests {

	private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

	@Test
	void eachRecordHasASpanUnderItsSendThatLinksToTheBatch() {
		String topic = KafkaBroker.newTopic("each");
		try (TracedKafka kafka = start()) {
			kafka.send(new ProducerRecord<>(topic, "k-0", "first"));
			kafka.send(new ProducerRecord<>(topic, "k-1", null));
			kafka.listenInBatches(topic, (records) -> {
			});
			List<SpanData> sends = kafka.spans().await("send " + topic, 2);
			kafka.spans().await("process " + topic, 3);
			SpanData batch = batch(kafka, topic);
			List<SpanData> records = records(kafka, topic);
			assertThat(batch.getParentSpanContext().isValid()).isFalse();
			assertThat(linkedSpans(batch)).containsExactly(sends.get(0).getSpanId(), sends.get(1).getSpanId());
			for (int i = 0; i < 2; i++) {
				SpanData record = records.get(i);
				assertThat(record.getKind()).isEqualTo(SpanKind.CONSUMER);
				assertThat(record.getParentSpanId()).isEqualTo(sends.get(i).getSpanId());
				assertThat(linkedSpans(record)).containsExactly(sends.get(i).getSpanId(), batch.getSpanId());
				assertThat(record.getAttributes().asMap()).containsEntry(OFFSET, (long) i)
					.containsEntry(AttributeKey.stringKey("messaging.kafka.message.key"), "k-" + i)
					.containsEntry(MessagingAttributes.PARTITION_ID, "0")
					.containsKey(MessagingAttributes.TIME_IN_QUEUE)
					.doesNotContainKey(MessagingAttributes.BATCH_MESSAGE_COUNT);
			}
			assertThat(records.get(1).getAttributes().get(AttributeKey.booleanKey("messaging.kafka.message.tombstone")))
				.isTrue();
		}
	}

	@Test
	void rootsByConfigurationLinkToSendAndBatch() {
		String topic = KafkaBroker.newTopic("each");
		try (TracedKafka kafka = TracedKafka.builder()
			.messaging((messaging) -> messaging.consumerParent(ConsumerParent.LINK))
			.kafka((builder) -> builder.recordSpansInBatch(true))
			.start()) {
			kafka.send(topic, "a book");
			kafka.listenInBatches(topic, (records) -> {
			});
			SpanData send = kafka.spans().await("send " + topic);
			kafka.spans().await("process " + topic, 2);
			assertThat(records(kafka, topic)).singleElement().satisfies((record) -> {
				assertThat(record.getParentSpanContext().isValid()).isFalse();
				assertThat(linkedSpans(record)).containsExactly(send.getSpanId(), batch(kafka, topic).getSpanId());
			});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void onlyTheRecordThatTheListenerNamesHasFailed(boolean byIndex) {
		String topic = KafkaBroker.newTopic("each");
		try (TracedKafka kafka = start()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				IllegalStateException cause = new IllegalStateException("injected");
				throw byIndex ? new BatchListenerFailedException("failed", cause, 7)
						: new BatchListenerFailedException("failed", cause, records.get(7));
			}, (container) -> container.setCommonErrorHandler(new CommonLoggingErrorHandler()));
			kafka.spans().await("process " + topic, 11);
			assertThat(records(kafka, topic)).allSatisfy((record) -> assertThat(record.getStatus().getStatusCode())
				.isEqualTo((record.getAttributes().get(OFFSET) == 7) ? StatusCode.ERROR : StatusCode.UNSET));
			assertThat(records(kafka, topic).get(7).getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo("java.lang.IllegalStateException");
			assertThat(batch(kafka, topic).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void allHaveFailedWhereTheListenerNamesNone(boolean wrongIndex) {
		String topic = KafkaBroker.newTopic("each");
		try (TracedKafka kafka = start()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				throw wrongIndex ? new BatchListenerFailedException("failed", 10)
						: new IllegalStateException("injected");
			}, (container) -> container.setCommonErrorHandler(new CommonLoggingErrorHandler()));
			assertThat(kafka.spans().await("process " + topic, 11))
				.allMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR);
		}
	}

	@Test
	void indexCountsWhatTheInterceptorLeft() {
		String topic = KafkaBroker.newTopic("each");
		try (TracedKafka kafka = start()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				throw new BatchListenerFailedException("failed", 1);
			}, (container) -> {
				container.setCommonErrorHandler(new CommonLoggingErrorHandler());
				container.setBatchInterceptor((records, consumer) -> BatchEndsIntegrationTests.without(records, 0));
				kafka.tracing().instrument(container);
			});
			kafka.spans().await("process " + topic, 11);
			assertThat(records(kafka, topic)).allSatisfy((record) -> assertThat(record.getStatus().getStatusCode())
				.isEqualTo((record.getAttributes().get(OFFSET) == 2) ? StatusCode.ERROR : StatusCode.UNSET));
		}
	}

	@Test
	void deadLetterBelongsToTheProcessSpanOfItsRecord() {
		String topic = KafkaBroker.newTopic("each");
		KafkaBroker.createTopics(topic + "-dlt");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = start()) {
			List<SpanData> sends = sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				if (attempts.getAndIncrement() == 0) {
					throw new BatchListenerFailedException("failed", 7);
				}
			}, (container) -> container.setCommonErrorHandler(deadLetters(kafka, 0)));
			SpanData deadLetter = kafka.spans().await("send " + topic + "-dlt");
			kafka.spans().await("process " + topic, 14);
			SpanData failed = kafka.spans().awaitSpan(deadLetter.getParentSpanId());
			assertThat(failed.getName()).isEqualTo("process " + topic);
			assertThat(failed.getParentSpanId()).isEqualTo(sends.get(7).getSpanId());
			assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(linkedSpans(deadLetter)).containsExactly(batch(kafka, topic).getSpanId());
		}
	}

	@Test
	void errorEndsAllOfThem() {
		String topic = KafkaBroker.newTopic("each");
		try (TracedKafka kafka = start()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				throw new StackOverflowError("injected");
			});
			assertThat(kafka.spans().await("process " + topic, 11))
				.allMatch((span) -> "_OTHER".equals(span.getAttributes().get(MessagingAttributes.ERROR_TYPE)));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void messagesAreCountedOnce(boolean recordSpans) {
		String topic = KafkaBroker.newTopic("each");
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.kafka((builder) -> builder.recordSpansInBatch(recordSpans))
			.start()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
			});
			kafka.spans().await("process " + topic, recordSpans ? 11 : 1);
			await().untilAsserted(() -> {
				assertThat(registry.get(MessagingMetrics.CLIENT_CONSUMED_MESSAGES).counters()).singleElement()
					.extracting(Counter::count)
					.isEqualTo(10.0);
				assertThat(registry.get(MessagingMetrics.PROCESS_DURATION).summary().count()).isEqualTo(1);
				assertThat(registry.get(MessagingMetrics.TIME_IN_QUEUE).tag("source", "producer").summary().count())
					.isEqualTo(10);
			});
		}
	}

	private static TracedKafka start() {
		return TracedKafka.builder().kafka((builder) -> builder.recordSpansInBatch(true)).start();
	}

	private static SpanData batch(TracedKafka kafka, String topic) {
		return kafka.spans()
			.named("process " + topic)
			.stream()
			.filter((span) -> span.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT) != null)
			.findFirst()
			.orElseThrow();
	}

	private static List<SpanData> records(TracedKafka kafka, String topic) {
		return kafka.spans()
			.named("process " + topic)
			.stream()
			.filter((span) -> span.getAttributes().get(OFFSET) != null)
			.sorted(Comparator.comparing((span) -> span.getAttributes().get(OFFSET)))
			.toList();
	}

}
