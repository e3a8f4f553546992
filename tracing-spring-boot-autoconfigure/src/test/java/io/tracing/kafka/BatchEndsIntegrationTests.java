// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.CompositeBatchInterceptor;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

import static io.tracing.kafka.BatchFailureIntegrationTests.linkedSpans;
import static io.tracing.kafka.BatchFailureIntegrationTests.sendTen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Invariants 2 and 3 for batches: whatever interceptors, transactions and errors do, each
 * span ends once and the thread is clean. {@link TracedKafka#close()} checks both after
 * each test.
 */
class BatchEndsIntegrationTests {

	private final List<String> delivered = new CopyOnWriteArrayList<>();

	@ParameterizedTest
	@ValueSource(strings = { "none", "before", "inside" })
	void interceptorThatFiltersTheBatchTakesNoLinkAway(String transaction) {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, this::deliver, (container) -> {
				transactions.use(container, transaction);
				intercept(kafka, container, (records, consumer) -> filtered(records, 3));
			});
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(this.delivered).containsExactly("0", "1", "2");
			assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
			assertThat(process.getLinks()).hasSize(10);
			assertThat(process.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(10);
		}
	}

	@ParameterizedTest
	@CsvSource({ "none, 0", "before, 0", "inside, 0", "none, -1", "before, -1", "inside, -1" })
	void interceptorThatSkipsTheBatchEndsTheSpanAsSucceeded(String transaction, int left) {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			kafka.send(topic, "skipped");
			kafka.listenInBatches(topic, this::deliver, (container) -> {
				transactions.use(container, transaction);
				intercept(kafka, container, (records, consumer) -> records.iterator().next().value().equals("skipped")
						? ((left < 0) ? null : filtered(records, left)) : records);
			});
			kafka.spans().await("process " + topic);
			kafka.send(topic, "a book");
			assertThat(kafka.spans().await("process " + topic, 2)).allSatisfy((span) -> {
				assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
				assertThat(span.getLinks()).hasSize(1);
			});
			assertThat(this.delivered).containsExactly("a book");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "before", "inside" })
	void interceptorThatReturnsCopiesEndsEachSpanOnce(String transaction) {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			kafka.listenInBatches(topic, this::deliver, (container) -> {
				transactions.use(container, transaction);
				intercept(kafka, container, (records, consumer) -> copies(records));
			});
			kafka.send(topic, "one");
			kafka.spans().await("process " + topic);
			kafka.send(topic, "two");
			List<SpanData> spans = kafka.spans().await("process " + topic, 2);
			assertThat(this.delivered).containsExactly("copy of one", "copy of two");
			assertThat(spans).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(spans).allMatch((span) -> span.getLinks().size() == 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "before", "inside" })
	void interceptorThatThrowsEndsTheSpanAsFailed(String transaction) {
		String topic = KafkaBroker.newTopic("batch");
		AtomicInteger thrown = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			kafka.send(topic, "bad");
			kafka.listenInBatches(topic, this::deliver, (container) -> {
				if (transaction.equals("none")) {
					container.setCommonErrorHandler(new CommonLoggingErrorHandler());
				}
				transactions.use(container, transaction);
				intercept(kafka, container, (records, consumer) -> {
					if (thrown.getAndIncrement() == 0) {
						throw new IllegalArgumentException("injected");
					}
					return records;
				});
			});
			await().until(() -> thrown.get() > 0);
			kafka.send(topic, "good");
			await().until(() -> this.delivered.contains("good"));
			SpanData first = await().until(() -> kafka.spans().named("process " + topic), (spans) -> spans.size() >= 2)
				.get(0);
			assertThat(first.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(first.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo("java.lang.IllegalArgumentException");
		}
	}

	@Test
	void interceptorOfTheUserIsCalledInsideTheSpanAndInItsOwnOrder() {
		String topic = KafkaBroker.newTopic("batch");
		List<String> calls = new CopyOnWriteArrayList<>();
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(topic, "a book");
			kafka.listenInBatches(topic, (records) -> {
				calls.add("listener");
				if (attempts.getAndIncrement() == 0) {
					throw new IllegalStateException("injected");
				}
			}, (container) -> {
				container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 1)));
				intercept(kafka, container,
						new CompositeBatchInterceptor<>(new Noting("1", calls), new Noting("2", calls)));
			});
			kafka.spans().await("process " + topic, 2);
			assertThat(calls).containsExactly("intercept 1", "intercept 2", "listener", "failure 1", "failure 2",
					"intercept 1", "intercept 2", "listener", "success 1", "success 2");
		}
	}

	@Test
	void registeringTwiceMakesOneSpan() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(topic, "a book");
			kafka.listenInBatches(topic, this::deliver, (container) -> {
				intercept(kafka, container,
						new CompositeBatchInterceptor<>(new TracingBatchInterceptor<>(kafka.tracing())));
				kafka.tracing().instrument(container);
			});
			kafka.spans().await("process " + topic);
			kafka.send(topic, "another");
			kafka.spans().await("process " + topic, 2);
		}
	}

	@Test
	void errorOfAListenerEndsTheSpanAsFailed() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(topic, "a book");
			ConcurrentMessageListenerContainer<Object, Object> container = kafka.listenInBatches(topic, (records) -> {
				throw new StackOverflowError("injected");
			});
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo("_OTHER");
			await().atMost(Duration.ofSeconds(10)).until(() -> !container.isRunning());
		}
	}

	@Test
	void containerThatIsStoppedInTheMiddleEndsTheSpan() throws Exception {
		String topic = KafkaBroker.newTopic("batch");
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(topic, "a book");
			ConcurrentMessageListenerContainer<Object, Object> container = kafka.listenInBatches(topic, (records) -> {
				inside.countDown();
				awaitUninterrupted(goOn);
			});
			assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
			CountDownLatch stopped = new CountDownLatch(1);
			container.stop(stopped::countDown);
			goOn.countDown();
			assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(kafka.spans().await("process " + topic).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		}
	}

	@Test
	void containerThatIsStoppedWhileItWaitsForARetryEndsTheSpan() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(topic, "a book");
			ConcurrentMessageListenerContainer<Object, Object> container = kafka.listenInBatches(topic, (records) -> {
				throw new IllegalStateException("injected");
			}, (created) -> created.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(60_000, 1))));
			kafka.spans().await("process " + topic);
			container.stop();
			assertThat(kafka.spans().named("process " + topic)).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "before", "inside" })
	void batchThatIsRolledBackIsASpanForEachAttempt(String transaction) {
		String topic = KafkaBroker.newTopic("batch");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			List<SpanData> sends = sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				if (attempts.incrementAndGet() < 3) {
					throw new IllegalStateException("attempt " + attempts.get());
				}
			}, (container) -> transactions.use(container, transaction));
			List<SpanData> spans = kafka.spans().await("process " + topic, 3);
			assertThat(spans).extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
			assertThat(spans).allSatisfy((span) -> assertThat(linkedSpans(span))
				.containsExactlyElementsOf(sends.stream().map(SpanData::getSpanId).toList()));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "before", "inside" })
	void retryWithinTheTransactionIsASpanOfItsOwn(String transaction) {
		String topic = KafkaBroker.newTopic("batch");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				ContainerTransactions transactions = new ContainerTransactions()) {
			sendTen(kafka, topic);
			kafka.listenInBatches(topic, (records) -> {
				if (attempts.incrementAndGet() < 3) {
					throw new IllegalStateException("attempt " + attempts.get());
				}
			}, (container) -> {
				transactions.use(container, transaction);
				container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 5)));
			});
			List<SpanData> spans = kafka.spans().await("process " + topic, 3);
			assertThat(spans).extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
			assertThat(spans).allMatch((span) -> span.getLinks().size() == 10);
		}
	}

	@Test
	void eachPartitionIsABatchOfItsOwnWhereTheContainerSplitsThem() {
		String topic = KafkaBroker.newTopic("batch", 3, Map.of());
		try (TracedKafka kafka = TracedKafka.start()) {
			for (int partition = 0; partition < 3; partition++) {
				kafka.template().send(topic, partition, null, "p" + partition);
			}
			kafka.template().flush();
			kafka.listenInBatches((records) -> {
				if (records.get(0).value().equals("p1") && this.delivered.isEmpty()) {
					this.delivered.add("failed once");
					throw new BatchListenerFailedException("injected", 0);
				}
			}, (container) -> {
				container.getContainerProperties().setSubBatchPerPartition(true);
				container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 5)));
			}, new TopicPartition(topic, 0), new TopicPartition(topic, 1), new TopicPartition(topic, 2));
			await().until(() -> kafka.spans()
				.named("process " + topic)
				.stream()
				.filter((span) -> span.getStatus().getStatusCode() == StatusCode.UNSET)
				.map((span) -> span.getAttributes().get(MessagingAttributes.PARTITION_ID))
				.distinct()
				.count() == 3);
			assertThat(kafka.spans().named("process " + topic)).allMatch((span) -> span.getLinks().size() == 1);
		}
	}

	private void deliver(List<ConsumerRecord<Object, Object>> records) {
		records.forEach((record) -> this.delivered.add(String.valueOf(record.value())));
	}

	private static ConsumerRecords<Object, Object> filtered(ConsumerRecords<Object, Object> records, int count) {
		TopicPartition partition = records.partitions().iterator().next();
		List<ConsumerRecord<Object, Object>> left = records.records(partition).subList(0, count);
		return new ConsumerRecords<>((count > 0) ? Map.of(partition, left) : Map.of(), Map.of());
	}

	static ConsumerRecords<Object, Object> without(ConsumerRecords<Object, Object> records, long offset) {
		TopicPartition partition = records.partitions().iterator().next();
		return new ConsumerRecords<>(
				Map.of(partition,
						records.records(partition).stream().filter((record) -> record.offset() != offset).toList()),
				Map.of());
	}

	private static ConsumerRecords<Object, Object> copies(ConsumerRecords<Object, Object> records) {
		TopicPartition partition = records.partitions().iterator().next();
		List<ConsumerRecord<Object, Object>> copies = new ArrayList<>();
		for (ConsumerRecord<Object, Object> record : records) {
			copies.add(new ConsumerRecord<>(record.topic(), record.partition(), record.offset(), record.key(),
					"copy of " + record.value()));
		}
		return new ConsumerRecords<>(Map.of(partition, copies), Map.of());
	}

	private static void intercept(TracedKafka kafka, ConcurrentMessageListenerContainer<Object, Object> container,
			BatchInterceptor<Object, Object> interceptor) {
		container.setBatchInterceptor(interceptor);
		kafka.tracing().instrument(container);
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError("A container must not interrupt its listener", ex);
		}
	}

	/** Notes its calls, all of which are made inside the process span. */
	private record Noting(String name, List<String> calls) implements BatchInterceptor<Object, Object> {

		@Override
		public ConsumerRecords<Object, Object> intercept(ConsumerRecords<Object, Object> records,
				Consumer<Object, Object> consumer) {
			note("intercept ");
			return records;
		}

		@Override
		public void success(ConsumerRecords<Object, Object> records, Consumer<Object, Object> consumer) {
			note("success ");
		}

		@Override
		public void failure(ConsumerRecords<Object, Object> records, Exception exception,
				Consumer<Object, Object> consumer) {
			note("failure ");
		}

		private void note(String call) {
			assertThat(Span.current().isRecording()).isTrue();
			this.calls.add(call + this.name);
		}

	}

}
