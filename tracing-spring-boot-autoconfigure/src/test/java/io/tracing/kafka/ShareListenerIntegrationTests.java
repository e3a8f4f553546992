// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import io.tracing.testing.Warnings;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.AcknowledgingShareConsumerAwareMessageListener;
import org.springframework.kafka.listener.ContainerProperties.ShareAckMode;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.ShareConsumerRecordRecoverer;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;
import org.springframework.kafka.support.ShareAcknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Listeners of share groups: one process span per delivery, with what became of it, in
 * every mode of acknowledgement.
 */
@SuppressWarnings("try")
class ShareListenerIntegrationTests {

	private static final String TYPE = "messaging.kafka.share.acknowledge_type";

	private static final String COUNT = "messaging.kafka.share.delivery_count";

	@ParameterizedTest
	@EnumSource(value = ShareAckMode.class, names = "MANUAL", mode = EnumSource.Mode.EXCLUDE)
	void deliveryIsAProcessSpanUnderTheSend(ShareAckMode mode) {
		String topic = KafkaBroker.newTopic("share");
		List<String> current = new CopyOnWriteArrayList<>();
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic,
						listener((ack) -> current.add(Span.current().getSpanContext().getSpanId())), mode(mode))) {
			kafka.send(new ProducerRecord<>(topic, "order-42", "a book"));
			SpanData send = kafka.spans().await("send " + topic);
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(current).containsExactly(process.getSpanId());
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getStatus()).isEqualTo(StatusData.unset());
			assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(process.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(send.getSpanId());
			Map<String, Object> attributes = attributes(process);
			assertThat((Double) attributes.remove("messaging.message.time_in_queue")).isBetween(0.0, 60.0);
			String[] server = KafkaBroker.bootstrapServers().split(":");
			Map<String, Object> expected = new HashMap<>(Map.of("messaging.system", "kafka", "messaging.operation.name",
					"process", "messaging.operation.type", "process", "messaging.destination.name", topic,
					"messaging.destination.partition.id", "0", "messaging.kafka.offset", 0L,
					"messaging.kafka.message.key", "order-42", "messaging.client.id", "worker",
					"messaging.consumer.group.name", topic, "messaging.message.time_in_queue_source", "producer"));
			expected.putAll(Map.of("server.address", server[0], "server.port", Long.valueOf(server[1]), COUNT, 1L, TYPE,
					"accept"));
			assertThat(attributes).isEqualTo(expected);
		}
	}

	@Test
	void listenerOfTheRecordAloneIsTraced() {
		String topic = KafkaBroker.newTopic("share");
		MessageListener<Object, Object> listener = (record) -> {
		};
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener, mode(ShareAckMode.EXPLICIT))) {
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getParentSpanId()).isEqualTo(kafka.spans().await("send " + topic).getSpanId());
			assertThat(attributes(process)).containsEntry(TYPE, "accept")
				.containsEntry("messaging.consumer.group.name", topic);
		}
	}

	@Test
	void failureIsRejectedAndAnError() {
		assertFailure(ShareAckMode.EXPLICIT, ShareConsumerRecordRecoverer.REJECTING, "reject");
		assertFailure(ShareAckMode.MANUAL, ShareConsumerRecordRecoverer.REJECTING, "reject");
	}

	@Test
	void failureIsWhatTheRecovererMakesOfIt() {
		assertFailure(ShareAckMode.EXPLICIT, (record, ex) -> AcknowledgeType.ACCEPT, "accept");
		assertFailure(ShareAckMode.EXPLICIT, (record, ex) -> AcknowledgeType.RENEW, "reject");
		assertFailure(ShareAckMode.EXPLICIT, (record, ex) -> {
			throw new IllegalStateException("no recovery");
		}, "reject");
		assertFailure(ShareAckMode.MANUAL, (record, ex) -> AcknowledgeType.ACCEPT, "accept");
	}

	@Test
	void failureIsAcceptedWhereNothingElseIsPossible() {
		assertFailure(ShareAckMode.IMPLICIT, ShareConsumerRecordRecoverer.REJECTING, "accept");
	}

	private static void assertFailure(ShareAckMode mode, ShareConsumerRecordRecoverer recoverer, String type) {
		String topic = KafkaBroker.newTopic("share");
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
					throw new UnsupportedOperationException("sold out");
				}), mode(mode).andThen((container) -> container.setShareConsumerRecordRecoverer(recoverer)))) {
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "sold out"));
			assertThat(attributes(process)).containsEntry(TYPE, type)
				.containsEntry("error.type", UnsupportedOperationException.class.getName());
			assertThat(process.getEvents()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(value = ShareAckMode.class, names = "IMPLICIT", mode = EnumSource.Mode.EXCLUDE)
	void releasedRecordIsDeliveredAgainInASpanOfItsOwn(ShareAckMode mode) {
		String topic = KafkaBroker.newTopic("share");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
					if (attempts.incrementAndGet() < 3) {
						throw new UnsupportedOperationException("not yet");
					}
					if (ack != null) {
						ack.acknowledge();
					}
				}), mode(mode).andThen((container) -> container
					.setShareConsumerRecordRecoverer(ShareConsumerRecordRecoverer.RELEASING)))) {
			kafka.send(topic, "a book");
			SpanData send = kafka.spans().await("send " + topic);
			List<SpanData> attemptSpans = kafka.spans().await("process " + topic, 3);
			assertThat(attemptSpans).extracting(SpanData::getParentSpanId).containsOnly(send.getSpanId());
			assertThat(attemptSpans).extracting((span) -> attributes(span).get(COUNT)).containsExactly(1L, 2L, 3L);
			assertThat(attemptSpans).extracting((span) -> attributes(span).get(TYPE))
				.containsExactly("release", "release", "accept");
			assertThat(attemptSpans).extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
		}
	}

	@Test
	void listenerAcknowledgesInEveryWay() {
		assertAcknowledged(ShareAcknowledgment::acknowledge, "accept");
		assertAcknowledged(ShareAcknowledgment::reject, "reject");
		assertAcknowledged((ack) -> {
			ack.renew();
			ack.renew();
			ack.acknowledge();
		}, "accept");
	}

	private static void assertAcknowledged(Consumer<ShareAcknowledgment> how, String type) {
		String topic = KafkaBroker.newTopic("share");
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener(how), mode(ShareAckMode.MANUAL))) {
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(attributes(process)).containsEntry(TYPE, type);
			assertThat(process.getStatus()).isEqualTo(StatusData.unset());
			// The group goes on only once the first is settled.
			kafka.send(topic, "a ball");
			kafka.spans().await("process " + topic, 2);
		}
	}

	@Test
	void recordThatTheListenerReleasesIsDeliveredAgain() {
		String topic = KafkaBroker.newTopic("share");
		AtomicInteger attempts = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
					if (attempts.incrementAndGet() == 1) {
						ack.release();
					}
					else {
						ack.acknowledge();
					}
				}), mode(ShareAckMode.MANUAL))) {
			kafka.send(topic, "a book");
			List<SpanData> attemptSpans = kafka.spans().await("process " + topic, 2);
			assertThat(attemptSpans).extracting((span) -> attributes(span).get(TYPE))
				.containsExactly("release", "accept");
			assertThat(attemptSpans).extracting((span) -> attributes(span).get(COUNT)).containsExactly(1L, 2L);
			assertThat(attemptSpans).extracting(SpanData::getStatus).containsOnly(StatusData.unset());
		}
	}

	@Test
	void acknowledgementAfterTheListenerIsNotOnTheSpan() {
		String topic = KafkaBroker.newTopic("share");
		List<ShareAcknowledgment> later = new CopyOnWriteArrayList<>();
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener(later::add), mode(ShareAckMode.MANUAL))) {
			kafka.send(topic, "a book");
			assertThat(attributes(kafka.spans().await("process " + topic))).doesNotContainKey(TYPE);
			later.get(0).acknowledge();
			assertThatThrownBy(later.get(0)::reject).isExactlyInstanceOf(IllegalStateException.class)
				.hasMessageContaining("has already been acknowledged with type");
			kafka.send(topic, "a ball");
			kafka.spans().await("process " + topic, 2);
			later.get(1).acknowledge();
		}
	}

	@Test
	void failureAfterTheAcknowledgementDoesNotTakeItBack() {
		String topic = KafkaBroker.newTopic("share");
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
					ack.acknowledge();
					throw new UnsupportedOperationException("sold out");
				}), mode(ShareAckMode.MANUAL))) {
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(attributes(process)).containsEntry(TYPE, "accept");
		}
	}

	@Test
	void whatTheRecovererSendsBelongsToTheDelivery() {
		String topic = KafkaBroker.newTopic("share");
		String deadLetters = KafkaBroker.newTopic("share-dead");
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
					throw new UnsupportedOperationException("sold out");
				}), mode(ShareAckMode.EXPLICIT)
					.andThen((container) -> container.setShareConsumerRecordRecoverer((record, ex) -> {
						kafka.send(deadLetters, record.value());
						return AcknowledgeType.ACCEPT;
					})))) {
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(kafka.spans().await("send " + deadLetters).getParentSpanId()).isEqualTo(process.getSpanId());
			kafka.send(topic, "a ball");
			assertThat(kafka.spans().await("process " + topic, 2)).extracting(SpanData::getTraceId)
				.doesNotHaveDuplicates();
			kafka.spans().await("send " + deadLetters, 2);
		}
	}

	@Test
	void errorThatStopsTheContainerEndsTheSpan() {
		String topic = KafkaBroker.newTopic("share");
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
					throw new LinkageError("no such method");
				}), mode(ShareAckMode.EXPLICIT))) {
			kafka.send(topic, "a book");
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(attributes(process)).containsEntry("error.type", LinkageError.class.getName())
				.doesNotContainKey(TYPE);
		}
	}

	@Test
	void excludedTopicHasNoSpan() {
		String topic = KafkaBroker.newTopic("share");
		AtomicInteger received = new AtomicInteger();
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.topics((name) -> false)).start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> received.incrementAndGet()),
						mode(ShareAckMode.EXPLICIT))) {
			kafka.send(topic, "a book");
			await().until(() -> received.get() == 1);
			assertThat(kafka.spans().ended()).isEmpty();
		}
	}

	@Test
	void hostileHeadersAreDelivered() {
		String topic = KafkaBroker.newTopic("share");
		try (Warnings warnings = new Warnings();
				TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
				}), mode(ShareAckMode.EXPLICIT))) {
			KafkaTemplate<Object, Object> untraced = new KafkaTemplate<>(
					new DefaultKafkaProducerFactory<>(kafka.producerFactory().getConfigurationProperties()));
			byte[][] values = { null, {}, { -1, -2 }, "00-zz-yy-01".getBytes(StandardCharsets.UTF_8),
					new byte[100_000] };
			for (byte[] value : values) {
				ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
				record.headers().add("traceparent", value).add("traceparent", value).add("baggage", value);
				untraced.send(record).join();
			}
			untraced.getProducerFactory().reset();
			List<SpanData> spans = kafka.spans().await("process " + topic, values.length);
			assertThat(spans).allMatch((span) -> !span.getParentSpanContext().isValid() && span.getLinks().isEmpty())
				.extracting(SpanData::getTraceId)
				.doesNotHaveDuplicates();
			assertThat(warnings.messages()).isEmpty();
		}
	}

	@Test
	void adviceOfTheUserIsInsideOfOurs() {
		String topic = KafkaBroker.newTopic("share");
		List<String> current = new CopyOnWriteArrayList<>();
		MethodInterceptor advice = (invocation) -> {
			current.add(Span.current().getSpanContext().getSpanId());
			return invocation.proceed();
		};
		try (TracedKafka kafka = TracedKafka.start();
				SharedQueue queue = SharedQueue.listen(kafka, topic, listener((ack) -> {
				}), mode(ShareAckMode.EXPLICIT).andThen((container) -> {
					container.getContainerProperties().setAdviceChain(advice);
					ShareListenerTracing tracing = new ShareListenerTracing(kafka.tracing());
					tracing.instrument(container);
					tracing.instrument(container);
					assertThat(container.getContainerProperties().getAdviceChain()).hasSize(2);
				}))) {
			kafka.send(topic, "a book");
			assertThat(current).containsExactly(kafka.spans().await("process " + topic).getSpanId());
		}
	}

	private static AcknowledgingShareConsumerAwareMessageListener<Object, Object> listener(
			Consumer<ShareAcknowledgment> body) {
		return (record, acknowledgment, consumer) -> body.accept(acknowledgment);
	}

	private static Consumer<ShareKafkaMessageListenerContainer<Object, Object>> mode(ShareAckMode mode) {
		return (container) -> container.getContainerProperties().setShareAckMode(mode);
	}

	private static Map<String, Object> attributes(SpanData span) {
		return Readers.attributes(span);
	}

}
