// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import io.tracing.testing.Warnings;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a listener's failure leaves in the trace, and what the error handler then does.
 */
class ListenerFailureIntegrationTests {

	@Test
	void exceptionIsRecordedOnceUnderTheNameOfTheUsersClass() {
		String topic = KafkaBroker.newTopic("failure");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, (record) -> {
				throw new CompletionException(new OutOfStock("no books left"));
			}, (container) -> container.setCommonErrorHandler(new CommonLoggingErrorHandler()));
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "no books left"));
			assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(OutOfStock.class.getName());
			assertThat(process.getEvents()).singleElement().satisfies((event) -> {
				assertThat(event.getName()).isEqualTo("exception");
				assertThat(event.getAttributes().get(AttributeKey.stringKey("exception.type")))
					.isEqualTo(OutOfStock.class.getCanonicalName());
				assertThat(event.getAttributes().get(AttributeKey.stringKey("exception.message")))
					.isEqualTo("no books left");
			});
		}
	}

	@Test
	void eachAttemptIsASpanOfItsOwnUnderTheSameSend() {
		String topic = KafkaBroker.newTopic("failure");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, (record) -> {
				if (attempts.incrementAndGet() < 3) {
					throw new OutOfStock("attempt " + attempts.get());
				}
			}, (container) -> container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 5))));
			kafka.send(topic, "a book");
			SpanData send = kafka.spans().await("send " + topic);
			List<SpanData> spans = kafka.spans().await("process " + topic, 3);
			assertThat(spans).extracting(SpanData::getParentSpanId).containsOnly(send.getSpanId());
			assertThat(spans).extracting(SpanData::getTraceId).containsOnly(send.getTraceId());
			assertThat(spans).extracting(SpanData::getStatus)
				.containsExactly(StatusData.create(StatusCode.ERROR, "attempt 1"),
						StatusData.create(StatusCode.ERROR, "attempt 2"), StatusData.unset());
		}
	}

	@Test
	void attemptsWithoutASeekAreSpansOfTheirOwnToo() {
		String topic = KafkaBroker.newTopic("failure");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.builder().consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10).start()) {
			kafka.send(topic, "bad");
			kafka.send(topic, "good");
			kafka.listen(topic, (record) -> {
				if (record.value().equals("bad") && attempts.incrementAndGet() < 3) {
					throw new OutOfStock("attempt " + attempts.get());
				}
			}, (container) -> {
				DefaultErrorHandler handler = new DefaultErrorHandler(new FixedBackOff(0, 5));
				handler.setSeekAfterError(false);
				container.setCommonErrorHandler(handler);
			});
			List<SpanData> spans = kafka.spans().await("process " + topic, 4);
			assertThat(spans).filteredOn((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR).hasSize(2);
		}
	}

	@Test
	void deadLetterBelongsToTheAttemptThatFailed() {
		String topic = KafkaBroker.newTopic("failure");
		KafkaBroker.createTopics(topic + "-dlt");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, (record) -> {
				throw new OutOfStock("no books left");
			}, (container) -> container.setCommonErrorHandler(new DefaultErrorHandler(
					new DeadLetterPublishingRecoverer(kafka.template()), new FixedBackOff(0, 1))));
			kafka.send(topic, "a book");
			SpanData send = kafka.spans().await("send " + topic);
			SpanData lastAttempt = kafka.spans().await("process " + topic, 2).get(1);
			SpanData deadLetter = kafka.spans().await("send " + topic + "-dlt");
			assertThat(deadLetter.getTraceId()).isEqualTo(send.getTraceId());
			assertThat(deadLetter.getParentSpanId()).isEqualTo(lastAttempt.getSpanId());
			assertThat(deadLetter.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(send.getSpanId());
			ConsumerRecord<byte[], byte[]> wire = KafkaBroker.records(topic + "-dlt", 1).get(0);
			assertThat(wire.headers().headers("traceparent")).singleElement()
				.satisfies((header) -> assertThat(new String(header.value(), StandardCharsets.UTF_8))
					.contains(deadLetter.getSpanId()));
		}
	}

	@Test
	void errorDoesNotBleedIntoTheOtherRecordsOfAPoll() {
		String topic = KafkaBroker.newTopic("failure");
		try (TracedKafka kafka = TracedKafka.builder().consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10).start()) {
			for (String value : List.of("ok", "bad", "ok", "ok")) {
				kafka.send(topic, value);
			}
			kafka.listen(topic, (record) -> {
				if (record.value().equals("bad")) {
					throw new OutOfStock("no books left");
				}
			}, (container) -> container.setCommonErrorHandler(new CommonLoggingErrorHandler()));
			List<SpanData> spans = kafka.spans().await("process " + topic, 4);
			assertThat(spans).extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.UNSET, StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET);
			assertThat(spans).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
		}
	}

	@Test
	void recordThatCannotBeReadFailsInTheProducersTrace() {
		String topic = KafkaBroker.newTopic("failure");
		KafkaBroker.createTopics(topic + "-dlt");
		try (TracedKafka kafka = TracedKafka.builder()
			.consumer(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ErrorHandlingDeserializer.class)
			.consumer(ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS, LongDeserializer.class)
			.start()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox, (container) -> container.setCommonErrorHandler(new DefaultErrorHandler(
					new DeadLetterPublishingRecoverer(kafka.template()), new FixedBackOff(0, 0))));
			kafka.send(topic, "not a number");
			kafka.send(topic, 42L);
			assertThat(inbox.await()).isEqualTo("42");
			SpanData send = kafka.spans().await("send " + topic, 2).get(0);
			SpanData failed = kafka.spans().await("process " + topic, 2).get(0);
			SpanData deadLetter = kafka.spans().await("send " + topic + "-dlt");
			assertThat(failed.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(failed.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo("org.springframework.kafka.support.serializer.DeserializationException");
			assertThat(failed.getAttributes().get(AttributeKey.booleanKey("messaging.kafka.message.tombstone")))
				.as("the record has a value, only not one that can be read")
				.isNull();
			assertThat(deadLetter.getParentSpanId()).isEqualTo(failed.getSpanId());
		}
	}

	@Test
	void exceptionWhoseMessageThrowsStillFailsTheSpan() {
		String topic = KafkaBroker.newTopic("failure");
		try (Warnings warnings = new Warnings(); TracedKafka kafka = TracedKafka.start()) {
			CountingErrorHandler handler = new CountingErrorHandler();
			kafka.listen(topic, (record) -> {
				throw new HostileException();
			}, (container) -> container.setCommonErrorHandler(handler));
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(HostileException.class.getName());
			Awaitility.await().until(() -> handler.handled.get() == 1);
			assertThat(warnings.messages()).hasSize(1);
		}
	}

	@Test
	void exceptionWhoseCauseThrowsStillEndsTheSpan() {
		String topic = KafkaBroker.newTopic("failure");
		try (TracedKafka kafka = TracedKafka.start()) {
			TracingRecordInterceptor<Object, Object> interceptor = new TracingRecordInterceptor<>(kafka.tracing());
			ConsumerRecord<Object, Object> record = new ConsumerRecord<>(topic, 0, 0, "key", "value");
			MockConsumer<Object, Object> consumer = new MockConsumer<>("earliest");
			interceptor.intercept(record, consumer);
			interceptor.failure(record, new CompletionException("injected", null) {

				private static final long serialVersionUID = 1L;

				@Override
				public synchronized Throwable getCause() {
					throw new IllegalStateException("getCause()");
				}

			}, consumer);
			interceptor.afterRecord(record, consumer);
			interceptor.clearThreadState(consumer);
			assertThat(kafka.spans().await("process " + topic).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		}
	}

	private static final class CountingErrorHandler implements CommonErrorHandler {

		private final AtomicInteger handled = new AtomicInteger();

		@Override
		public boolean handleOne(Exception exception, ConsumerRecord<?, ?> record, Consumer<?, ?> consumer,
				MessageListenerContainer container) {
			this.handled.incrementAndGet();
			return true;
		}

	}

	private static final class OutOfStock extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OutOfStock(String message) {
			super(message);
		}

	}

	private static final class HostileException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new IllegalStateException("getMessage()");
		}

	}

}
