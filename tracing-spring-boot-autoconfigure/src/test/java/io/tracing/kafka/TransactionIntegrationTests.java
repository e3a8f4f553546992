// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.RecordingProducer;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Sends in transactions of a real broker: the broker acknowledges a record before the
 * transaction ends, and an abort must show on its span all the same.
 */
class TransactionIntegrationTests {

	private final String topic = KafkaBroker.newTopic("transaction");

	@AfterEach
	void threadIsClean() {
		assertThat(Context.current()).isSameAs(Context.root());
	}

	@Test
	void committedSendKeepsTheTimeOfItsAcknowledgement() throws Exception {
		try (TracedKafka kafka = start()) {
			Instant beforeCommit = kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "a book");
				operations.flush();
				assertThat(kafka.spans().named("send " + this.topic)).as("not ended before the transaction").isEmpty();
				return Instant.now();
			});
			SpanData send = kafka.spans().await("send " + this.topic);
			assertThat(send.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
			assertThat(send.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isNull();
			assertThat(Instant.EPOCH.plusNanos(send.getEndEpochNanos())).isBeforeOrEqualTo(beforeCommit);
			assertThat(send.getEndEpochNanos()).isGreaterThanOrEqualTo(send.getStartEpochNanos());
		}
	}

	@Test
	void acknowledgedSendOfAnAbortedTransactionHasFailed() {
		try (TracedKafka kafka = start()) {
			IllegalStateException failure = new IllegalStateException("injected");
			assertThatThrownBy(() -> kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "a book");
				operations.flush();
				throw failure;
			})).isSameAs(failure);
			SpanData send = assertAborted(kafka, "The transaction was aborted");
			assertThat(send.getAttributes().asMap().keySet()).as("the broker had it")
				.extracting(Object::toString)
				.contains("messaging.kafka.offset");
		}
	}

	@Test
	void sendThatTheAbortOvertakesHasFailedTheSameWay() {
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.TRANSACTIONAL_ID_CONFIG, this.topic)
			.producer(ProducerConfig.LINGER_MS_CONFIG, 60_000)
			.producer(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000)
			.start()) {
			assertThatThrownBy(() -> kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "a book");
				throw new IllegalStateException("injected");
			})).isInstanceOf(IllegalStateException.class);
			assertAborted(kafka, "Failing batch since transaction was aborted");
		}
	}

	@Test
	void transactionManagerCommitsAndRollsBack() {
		try (TracedKafka kafka = start()) {
			TransactionTemplate transactions = new TransactionTemplate(
					new KafkaTransactionManager<>(kafka.producerFactory()));
			transactions.executeWithoutResult((status) -> kafka.send(this.topic, "kept"));
			assertThat(kafka.spans().await("send " + this.topic).getStatus().getStatusCode())
				.isEqualTo(StatusCode.UNSET);
			transactions.executeWithoutResult((status) -> {
				kafka.send(this.topic, "dropped");
				status.setRollbackOnly();
			});
			assertThat(kafka.spans().await("send " + this.topic, 2).get(1).getStatus().getDescription())
				.isEqualTo("The transaction was aborted");
		}
	}

	@Test
	void oneTransactionDoesNotTouchTheNext() {
		try (TracedKafka kafka = start()) {
			assertThatThrownBy(() -> kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "dropped");
				throw new IllegalStateException("injected");
			})).isInstanceOf(IllegalStateException.class);
			kafka.template().executeInTransaction((operations) -> operations.send(this.topic, "kept"));
			kafka.template().setAllowNonTransactional(true);
			kafka.send(this.topic, "outside");
			assertThat(kafka.spans().await("send " + this.topic, 3))
				.extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET);
		}
	}

	@Test
	void producerThatIsFencedFailsItsSpans() {
		try (TracedKafka kafka = start(); TracedKafka other = start()) {
			try (Producer<Object, Object> fenced = producer(kafka); Producer<Object, Object> owner = producer(other)) {
				fenced.initTransactions();
				fenced.beginTransaction();
				fenced.send(new ProducerRecord<>(this.topic, "acknowledged"));
				fenced.flush();
				owner.initTransactions();
				assertThatExceptionOfType(ProducerFencedException.class).isThrownBy(fenced::commitTransaction);
			}
			SpanData send = kafka.spans().await("send " + this.topic);
			assertThat(send.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(send.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(ProducerFencedException.class.getName());
		}
	}

	@Test
	void templateWhoseProducerIsFencedFailsItsSpans() {
		try (TracedKafka kafka = start(); TracedKafka other = start()) {
			assertThatThrownBy(() -> kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "acknowledged");
				operations.flush();
				other.template().executeInTransaction((owner) -> owner.send(this.topic, "of the owner"));
				return null;
			})).isInstanceOf(ProducerFencedException.class);
			assertThat(kafka.spans().await("send " + this.topic).getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(ProducerFencedException.class.getName());
			assertThat(other.spans().await("send " + this.topic).getStatus().getStatusCode())
				.isEqualTo(StatusCode.UNSET);
		}
	}

	@Test
	void producerThatIsClosedWithoutACommitFailsItsSpans() {
		try (TracedKafka kafka = start()) {
			try (Producer<Object, Object> producer = producer(kafka)) {
				producer.initTransactions();
				producer.beginTransaction();
				producer.send(new ProducerRecord<>(this.topic, "a book"));
				producer.flush();
				assertThat(kafka.spans().open()).isOne();
			}
			assertAborted(kafka, "The transaction was aborted: its producer was closed before the commit");
		}
	}

	@Test
	void spansBeyondTheBoundEndAtOnce() {
		try (TracedKafka kafka = start()) {
			assertThatThrownBy(() -> kafka.template().executeInTransaction((operations) -> {
				for (int i = 0; i < Transaction.MAX_HELD + 200; i++) {
					operations.send(this.topic, "a book");
				}
				operations.flush();
				assertThat(kafka.spans().open()).isEqualTo(Transaction.MAX_HELD);
				throw new IllegalStateException("injected");
			})).isInstanceOf(IllegalStateException.class);
			List<SpanData> sends = kafka.spans().await("send " + this.topic, Transaction.MAX_HELD + 200);
			assertThat(sends).filteredOn((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR)
				.hasSize(Transaction.MAX_HELD);
		}
	}

	@Test
	void metricsTellWhatTheBrokerAcknowledged() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.TRANSACTIONAL_ID_CONFIG, this.topic)
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			assertThatThrownBy(() -> kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "a book");
				operations.flush();
				assertThat(sent(registry)).isOne();
				throw new IllegalStateException("injected");
			})).isInstanceOf(IllegalStateException.class);
			kafka.spans().await("send " + this.topic);
			assertThat(sent(registry)).isOne();
		}
	}

	@Test
	void callbackSeesTheSendersContextBeforeTheTransactionEnds() throws Exception {
		try (TracedKafka kafka = start()) {
			Span sender = kafka.sdk().getTracer("test").spanBuilder("sender").startSpan();
			Context.root().with(sender).wrapSupplier(() -> kafka.template().executeInTransaction((operations) -> {
				operations.send(this.topic, "a book")
					.whenComplete((result, failure) -> Span.current().addEvent("sent"));
				operations.flush();
				return null;
			})).get();
			sender.end();
			assertThat(kafka.spans().await("sender").getEvents()).hasSize(1);
			assertThat(kafka.spans().await("send " + this.topic).getParentSpanId())
				.isEqualTo(sender.getSpanContext().getSpanId());
		}
	}

	@Test
	void commitThatTimesOutDecidesNothing() {
		RecordingProducer recording = new RecordingProducer();
		try (TracedKafka kafka = TracedKafka.start()) {
			Producer<Object, Object> producer = kafka.tracing().wrap(recording.producer(), Map.of());
			producer.beginTransaction();
			producer.send(new ProducerRecord<>(this.topic, "a book"));
			recording.failWith(new TimeoutException("injected"));
			assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);
			assertThat(kafka.spans().open()).isOne();
			recording.failWith(null);
			producer.commitTransaction();
			assertThat(kafka.spans().await("send " + this.topic).getStatus().getStatusCode())
				.isEqualTo(StatusCode.UNSET);
		}
	}

	@Test
	void producerThatIsClosedAfterItsCommitTimedOutFailsItsSpansWithThat() {
		RecordingProducer recording = new RecordingProducer();
		try (TracedKafka kafka = TracedKafka.start()) {
			Producer<Object, Object> producer = kafka.tracing().wrap(recording.producer(), Map.of());
			producer.beginTransaction();
			producer.send(new ProducerRecord<>(this.topic, "a book"));
			recording.failWith(new TimeoutException("injected"));
			assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);
			assertThatThrownBy(() -> producer.close(Duration.ZERO)).isInstanceOf(TimeoutException.class);
			assertThat(kafka.spans().await("send " + this.topic).getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(TimeoutException.class.getName());
		}
	}

	private TracedKafka start() {
		return TracedKafka.builder().producer(ProducerConfig.TRANSACTIONAL_ID_CONFIG, this.topic).start();
	}

	/**
	 * Without the factory, which would close the producer at the first failure.
	 */
	private Producer<Object, Object> producer(TracedKafka kafka) {
		Map<String, Object> configuration = new HashMap<>(kafka.producerFactory().getConfigurationProperties());
		configuration.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, this.topic);
		return kafka.tracing().wrap(new KafkaProducer<>(configuration), configuration);
	}

	private SpanData assertAborted(TracedKafka kafka, String description) {
		SpanData send = kafka.spans().await("send " + this.topic);
		assertThat(send.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(send.getStatus().getDescription()).isEqualTo(description);
		assertThat(send.getAttributes().get(MessagingAttributes.ERROR_TYPE))
			.isEqualTo(TransactionAbortedException.class.getName());
		return send;
	}

	private static double sent(SimpleMeterRegistry registry) {
		return registry.get(MessagingMetrics.CLIENT_SENT_MESSAGES).tag("error.type", "none").counter().count();
	}

}
