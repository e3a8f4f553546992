// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultAfterRollbackProcessor;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Read, process and write in one transaction, in a real container: what the listener
 * sends belongs to its attempt, and a rollback shows on it.
 */
class TransactionalListenerIntegrationTests {

	private final String topic = KafkaBroker.newTopic("orders");

	private final String written = KafkaBroker.newTopic("invoices");

	private final List<String> calls = new CopyOnWriteArrayList<>();

	@Test
	void whatIsWrittenBelongsToTheAttempt() {
		try (TracedKafka kafka = start()) {
			kafka.listen(this.topic, (record) -> kafka.template().send(this.written, record.value()),
					transactional(kafka.producerFactory()));
			SpanData send = send(kafka, "a book");
			SpanData process = kafka.spans().await("process " + this.topic);
			SpanData write = kafka.spans().await("send " + this.written);
			assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(write.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(List.of(send, process, write)).extracting((span) -> span.getStatus().getStatusCode())
				.containsOnly(StatusCode.UNSET);
		}
	}

	@Test
	void rollbackRetryAndDeadLetterAreOneTrace() {
		String deadLetters = KafkaBroker.newTopic("dead-letters");
		try (TracedKafka kafka = start()) {
			KafkaTemplate<Object, Object> template = kafka.template();
			kafka.listen(this.topic, (record) -> {
				template.send(this.written, record.value());
				template.flush();
				throw new IllegalStateException("injected");
			}, (container) -> {
				transactional(kafka.producerFactory()).accept(container);
				container.setAfterRollbackProcessor(new DefaultAfterRollbackProcessor<>(
						new DeadLetterPublishingRecoverer(template,
								(record, failure) -> new TopicPartition(deadLetters, 0)),
						new FixedBackOff(0, 1), template, true));
			});
			SpanData send = send(kafka, "a book");
			SpanData deadLetter = kafka.spans().await("send " + deadLetters);
			List<SpanData> attempts = kafka.spans().await("process " + this.topic, 2);
			List<SpanData> writes = kafka.spans().await("send " + this.written, 2);
			assertThat(attempts).allSatisfy((attempt) -> {
				assertThat(attempt.getParentSpanId()).isEqualTo(send.getSpanId());
				assertThat(attempt.getAttributes().get(MessagingAttributes.ERROR_TYPE))
					.isEqualTo(IllegalStateException.class.getName());
			});
			assertThat(writes).extracting(SpanData::getParentSpanId)
				.containsExactlyElementsOf(attempts.stream().map(SpanData::getSpanId).toList());
			assertThat(writes).as("rolled back")
				.extracting((span) -> span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.containsOnly(TransactionAbortedException.class.getName());
			assertThat(deadLetter.getParentSpanId()).isEqualTo(attempts.get(1).getSpanId());
			assertThat(deadLetter.getStatus().getStatusCode()).as("in a transaction of its own")
				.isEqualTo(StatusCode.UNSET);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void producerThatIsFencedAtTheCommitLeavesNothingBehind(boolean beforeTransaction) {
		try (TracedKafka kafka = start()) {
			kafka.listen(this.topic, (record) -> kafka.template().send(this.written, record.value()),
					fencedOnce(kafka, beforeTransaction));
			assertFencedOnce(kafka);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void producerThatIsFencedAtTheCommitOfABatchLeavesNothingBehind(boolean beforeTransaction) {
		try (TracedKafka kafka = start()) {
			BatchMessageListener<Object, Object> listener = (records) -> records
				.forEach((record) -> kafka.template().send(this.written, record.value()));
			kafka.listenInBatches(this.topic, listener, fencedOnce(kafka, beforeTransaction));
			assertFencedOnce(kafka);
		}
	}

	private static java.util.function.Consumer<ConcurrentMessageListenerContainer<Object, Object>> fencedOnce(
			TracedKafka kafka, boolean beforeTransaction) {
		return (container) -> {
			container.getContainerProperties()
				.setKafkaAwareTransactionManager(new FencedTransactionManager(kafka.producerFactory()));
			container.setInterceptBeforeTx(beforeTransaction);
		};
	}

	/**
	 * The container gives up on what it was busy with and calls no interceptor back. What
	 * comes next, the same record again or another, finds a thread without a context.
	 */
	private void assertFencedOnce(TracedKafka kafka) {
		kafka.template().executeInTransaction((operations) -> operations.send(this.topic, "a book"));
		SpanData aborted = kafka.spans()
			.await((span) -> TransactionAbortedException.class.getName()
				.equals(span.getAttributes().get(MessagingAttributes.ERROR_TYPE)));
		assertThat(kafka.spans().awaitSpan(aborted.getParentSpanId()).getStatus().getStatusCode())
			.as("the listener succeeded")
			.isEqualTo(StatusCode.UNSET);
		kafka.template().executeInTransaction((operations) -> operations.send(this.topic, "a ball"));
		SpanData next = kafka.spans().await("send " + this.topic, 2).get(1);
		SpanData process = kafka.spans()
			.await((span) -> span.getName().equals("process " + this.topic) && span.getLinks()
				.stream()
				.anyMatch((link) -> link.getSpanContext().getSpanId().equals(next.getSpanId())));
		assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "true, false", "false, true", "false, false" })
	void interceptorsAroundTheTransactionAreCalledAsUntraced(boolean beforeTransaction, boolean succeeds) {
		List<String> untraced = calls(beforeTransaction, succeeds, false);
		this.calls.clear();
		assertThat(calls(beforeTransaction, succeeds, true)).isEqualTo(untraced);
		assertThat(untraced.subList(0, 2)).containsExactlyElementsOf(
				beforeTransaction ? List.of("intercept", "begin") : List.of("begin", "intercept"));
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "true, false", "false, true", "false, false" })
	void batchInterceptorsAroundTheTransactionAreCalledAsUntraced(boolean beforeTransaction, boolean succeeds) {
		List<String> untraced = batchCalls(beforeTransaction, succeeds, false);
		this.calls.clear();
		assertThat(batchCalls(beforeTransaction, succeeds, true)).isEqualTo(untraced);
		assertThat(untraced.subList(0, 2)).containsExactlyElementsOf(
				beforeTransaction ? List.of("intercept", "begin") : List.of("begin", "intercept"));
	}

	/**
	 * A batch that fails is rolled back and delivered again, which then succeeds.
	 */
	private List<String> batchCalls(boolean beforeTransaction, boolean succeeds, boolean traced) {
		String topic = KafkaBroker.newTopic("around");
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic)
			.kafka((builder) -> builder.topics((name) -> traced))
			.start()) {
			kafka.template().executeInTransaction((operations) -> {
				operations.send(topic, "a book");
				return operations.send(topic, "another");
			});
			BatchMessageListener<Object, Object> listener = (records) -> {
				note("listener", traced);
				if (!succeeds && !this.calls.contains("failure")) {
					throw new IllegalStateException("injected");
				}
			};
			kafka.listenInBatches(topic, listener, (container) -> {
				container.getContainerProperties()
					.setKafkaAwareTransactionManager(new NotingTransactionManager(kafka.producerFactory()));
				container.setInterceptBeforeTx(beforeTransaction);
				container.setBatchInterceptor(new NotingBatchInterceptor(traced));
				kafka.tracing().instrument(container);
			});
			await().until(() -> this.calls.contains("success"));
			if (traced) {
				assertThat(kafka.spans().await("process " + topic, succeeds ? 1 : 2))
					.extracting((span) -> span.getStatus().getStatusCode())
					.containsExactlyElementsOf(
							succeeds ? List.of(StatusCode.UNSET) : List.of(StatusCode.ERROR, StatusCode.UNSET));
			}
		}
		return List.copyOf(this.calls);
	}

	private List<String> calls(boolean beforeTransaction, boolean succeeds, boolean traced) {
		String topic = KafkaBroker.newTopic("around");
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic)
			.kafka((builder) -> builder.topics((name) -> traced))
			.start()) {
			MessageListener<Object, Object> listener = (record) -> {
				note("listener", traced);
				if (!succeeds) {
					throw new IllegalStateException("injected");
				}
			};
			kafka.listen(topic, listener, (container) -> {
				container.getContainerProperties()
					.setKafkaAwareTransactionManager(new NotingTransactionManager(kafka.producerFactory()));
				container.setInterceptBeforeTx(beforeTransaction);
				container.setRecordInterceptor(new NotingInterceptor(traced));
				container.setAfterRollbackProcessor(new DefaultAfterRollbackProcessor<>(
						(record, failure) -> note("rollback", traced), new FixedBackOff(0, 0)));
				kafka.tracing().instrument(container);
			});
			kafka.template().executeInTransaction((operations) -> operations.send(topic, "a book"));
			await().until(() -> this.calls.contains("afterRecord"));
			if (traced) {
				assertThat(kafka.spans().await("process " + topic).getStatus().getStatusCode())
					.isEqualTo(succeeds ? StatusCode.UNSET : StatusCode.ERROR);
			}
		}
		return List.copyOf(this.calls);
	}

	/**
	 * Everything but the beginning of the transaction happens inside the span.
	 */
	private void note(String call, boolean traced) {
		this.calls.add(call);
		if (Span.current().getSpanContext().isValid() != traced) {
			this.calls.add("in the wrong context");
		}
	}

	private TracedKafka start() {
		return TracedKafka.builder().producer(ProducerConfig.TRANSACTIONAL_ID_CONFIG, this.topic).start();
	}

	private SpanData send(TracedKafka kafka, Object value) {
		kafka.template().executeInTransaction((operations) -> operations.send(this.topic, value));
		return kafka.spans().await("send " + this.topic);
	}

	private static java.util.function.Consumer<ConcurrentMessageListenerContainer<Object, Object>> transactional(
			ProducerFactory<Object, Object> factory) {
		return (container) -> container.getContainerProperties()
			.setKafkaAwareTransactionManager(new KafkaTransactionManager<>(factory));
	}

	/**
	 * Aborts the first transaction and says what Kafka says to a producer whose place
	 * another has taken.
	 */
	private static final class FencedTransactionManager extends KafkaTransactionManager<Object, Object> {

		private static final long serialVersionUID = 1L;

		private final AtomicBoolean fenced = new AtomicBoolean();

		FencedTransactionManager(ProducerFactory<Object, Object> factory) {
			super(factory);
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			if (this.fenced.compareAndSet(false, true)) {
				doRollback(status);
				throw new ProducerFencedException("injected");
			}
			super.doCommit(status);
		}

	}

	private final class NotingTransactionManager extends KafkaTransactionManager<Object, Object> {

		private static final long serialVersionUID = 1L;

		NotingTransactionManager(ProducerFactory<Object, Object> factory) {
			super(factory);
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			TransactionalListenerIntegrationTests.this.calls.add("begin");
			super.doBegin(transaction, definition);
		}

	}

	private final class NotingInterceptor implements RecordInterceptor<Object, Object> {

		private final boolean traced;

		NotingInterceptor(boolean traced) {
			this.traced = traced;
		}

		@Override
		public ConsumerRecord<Object, Object> intercept(ConsumerRecord<Object, Object> record,
				Consumer<Object, Object> consumer) {
			note("intercept", this.traced);
			return record;
		}

		@Override
		public void success(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
			note("success", this.traced);
		}

		@Override
		public void failure(ConsumerRecord<Object, Object> record, Exception exception,
				Consumer<Object, Object> consumer) {
			note("failure", this.traced);
		}

		@Override
		public void afterRecord(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
			note("afterRecord", this.traced);
		}

	}

	private final class NotingBatchInterceptor implements BatchInterceptor<Object, Object> {

		private final boolean traced;

		NotingBatchInterceptor(boolean traced) {
			this.traced = traced;
		}

		@Override
		public ConsumerRecords<Object, Object> intercept(ConsumerRecords<Object, Object> records,
				Consumer<Object, Object> consumer) {
			note("intercept", this.traced);
			return records;
		}

		@Override
		public void success(ConsumerRecords<Object, Object> records, Consumer<Object, Object> consumer) {
			note("success", this.traced);
		}

		@Override
		public void failure(ConsumerRecords<Object, Object> records, Exception exception,
				Consumer<Object, Object> consumer) {
			note("failure", this.traced);
		}

	}

}
