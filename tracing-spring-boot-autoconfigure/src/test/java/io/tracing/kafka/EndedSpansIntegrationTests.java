// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.RecordInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Invariant 2: every span that is started is ended, once, on every path. Invariant 3: the
 * thread is clean afterwards. {@link TracedKafka#close()} checks both after each test.
 */
class EndedSpansIntegrationTests {

	@Test
	void errorOfAListenerEndsTheSpanAsFailed() {
		String topic = KafkaBroker.newTopic("ends");
		try (TracedKafka kafka = TracedKafka.start()) {
			ConcurrentMessageListenerContainer<Object, Object> container = kafka.listen(topic, (record) -> {
				throw new StackOverflowError("injected");
			});
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo("_OTHER");
			assertThat(process.getStatus().getDescription()).contains("the listener threw an Error");
			await().atMost(Duration.ofSeconds(10)).until(() -> !container.isRunning());
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void containerThatIsStoppedInTheMiddleEndsTheSpan(boolean immediately) throws Exception {
		String topic = KafkaBroker.newTopic("ends");
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		try (TracedKafka kafka = TracedKafka.builder().consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10).start()) {
			kafka.send(topic, "first");
			kafka.send(topic, "second");
			ConcurrentMessageListenerContainer<Object, Object> container = kafka.listen(topic, (record) -> {
				inside.countDown();
				awaitUninterrupted(goOn);
			}, (created) -> created.getContainerProperties().setStopImmediate(immediately));
			assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
			CountDownLatch stopped = new CountDownLatch(1);
			container.stop(stopped::countDown);
			goOn.countDown();
			assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
			kafka.spans().awaitNoneOpen();
			assertThat(kafka.spans().named("process " + topic)).isNotEmpty()
				.allMatch((span) -> span.getStatus().getStatusCode() == StatusCode.UNSET);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "before", "inside" })
	void interceptorThatSkipsARecordEndsTheSpanAsSucceeded(String transaction) {
		String topic = KafkaBroker.newTopic("ends");
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox, (container) -> {
				transactions.use(container, transaction);
				intercept(kafka, container, (record, consumer) -> record.value().equals("skipped") ? null : record);
			});
			kafka.send(topic, "skipped");
			kafka.send(topic, "a book");
			assertThat(inbox.await()).isEqualTo("a book");
			List<SpanData> spans = kafka.spans().await("process " + topic, 2);
			assertThat(spans).allMatch((span) -> span.getStatus().getStatusCode() == StatusCode.UNSET);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "before", "inside" })
	void interceptorThatThrowsEndsTheSpanAsFailed(String transaction) {
		String topic = KafkaBroker.newTopic("ends");
		AtomicInteger thrown = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox, (container) -> {
				if (transaction.equals("none")) {
					container.setCommonErrorHandler(new CommonLoggingErrorHandler());
				}
				transactions.use(container, transaction);
				intercept(kafka, container, (record, consumer) -> {
					if (record.value().equals("bad") && thrown.getAndIncrement() == 0) {
						throw new IllegalArgumentException("injected");
					}
					return record;
				});
			});
			kafka.send(topic, "bad");
			kafka.send(topic, "good");
			await().atMost(Duration.ofSeconds(15)).until(() -> inbox.await(1).contains("good"));
			SpanData first = await().atMost(Duration.ofSeconds(15))
				.until(() -> kafka.spans().named("process " + topic), (spans) -> spans.size() >= 2)
				.get(0);
			assertThat(first.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(first.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo("java.lang.IllegalArgumentException");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "before", "inside" })
	void interceptorThatReturnsACopyEndsEachSpanOnce(String transaction) {
		String topic = KafkaBroker.newTopic("ends");
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox, (container) -> {
				transactions.use(container, transaction);
				intercept(kafka, container, (record, consumer) -> new ConsumerRecord<>(record.topic(),
						record.partition(), record.offset(), record.key(), "copy of " + record.value()));
			});
			kafka.send(topic, "one");
			kafka.send(topic, "two");
			assertThat(inbox.await(2)).containsExactly("copy of one", "copy of two");
			List<SpanData> spans = kafka.spans().await("process " + topic, 2);
			assertThat(spans).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(spans).allMatch((span) -> span.getLinks().size() == 1);
		}
	}

	@Test
	void listenerThatFailsInATransactionEndsEachAttempt() {
		String topic = KafkaBroker.newTopic("ends");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			kafka.listen(topic, (record) -> {
				if (attempts.incrementAndGet() < 3) {
					throw new IllegalStateException("attempt " + attempts.get());
				}
			}, (container) -> transactions.use(container, "before"));
			kafka.send(topic, "a book");
			List<SpanData> spans = kafka.spans().await("process " + topic, 3);
			assertThat(spans).extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
		}
	}

	@Test
	void errorHandlerThatThrowsChangesNothing() {
		String topic = KafkaBroker.newTopic("ends");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, (record) -> {
				throw new IllegalStateException("injected");
			}, (container) -> container.setCommonErrorHandler(new CommonErrorHandler() {

				@Override
				public boolean handleOne(Exception exception, ConsumerRecord<?, ?> record, Consumer<?, ?> consumer,
						MessageListenerContainer owner) {
					throw new IllegalArgumentException("the handler's own");
				}

			}));
			kafka.send(topic, "a book");
			SpanData failed = kafka.spans().await("process " + topic);
			assertThat(failed.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo("java.lang.IllegalStateException");
		}
	}

	@Test
	void sendsThatWaitWhenTheProducerIsClosedEndAsFailed() {
		String topic = KafkaBroker.newTopic("ends");
		try (TracedKafka kafka = TracedKafka.builder().producer(ProducerConfig.LINGER_MS_CONFIG, 60_000).start()) {
			for (int i = 0; i < 3; i++) {
				kafka.template().send(new ProducerRecord<>(topic, "a book"));
			}
			assertThat(kafka.spans().open()).isEqualTo(3);
			kafka.producerFactory().setPhysicalCloseTimeout(0);
			kafka.producerFactory().reset();
			List<SpanData> spans = kafka.spans().await("send " + topic, 3);
			assertThat(spans).allMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR);
		}
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError("A container must not interrupt its listener", ex);
		}
	}

	private static void intercept(TracedKafka kafka, ConcurrentMessageListenerContainer<Object, Object> container,
			RecordInterceptor<Object, Object> interceptor) {
		container.setRecordInterceptor(interceptor);
		kafka.tracing().instrument(container);
	}

}
