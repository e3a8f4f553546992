// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static io.tracing.kafka.Readers.assign;
import static io.tracing.kafka.Readers.attributes;
import static io.tracing.kafka.Readers.consumer;
import static io.tracing.kafka.Readers.factory;
import static io.tracing.kafka.Readers.poll;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers that the application polls by itself: a span for each poll that brings
 * records, and nothing left behind.
 */
@SuppressWarnings("try")
class PolledConsumerIntegrationTests {

	private static final Duration EMPTY_POLL = Duration.ofMillis(50);

	@Test
	void pollLinksToEachSendAndIsAChildOfWhatTheThreadDoes() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start(); Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			kafka.send(new ProducerRecord<>(topic, "order-42", "a book"));
			kafka.send(new ProducerRecord<>(topic, "order-43", null));
			List<SpanData> sends = kafka.spans().await("send " + topic, 2);
			assign(consumer, new TopicPartition(topic, 0));
			Span job = kafka.sdk().getTracer("test").spanBuilder("nightly job").startSpan();
			try (Scope scope = job.makeCurrent()) {
				Context before = Context.current();
				assertThat(poll(consumer)).hasSize(2);
				assertThat(Context.current()).isSameAs(before);
			}
			finally {
				job.end();
			}
			SpanData poll = kafka.spans().await("poll " + topic);
			assertThat(poll.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(poll.getParentSpanId()).isEqualTo(job.getSpanContext().getSpanId());
			assertThat(poll.getStatus()).isEqualTo(StatusData.unset());
			assertThat(poll.getEndEpochNanos()).isGreaterThanOrEqualTo(poll.getStartEpochNanos());
			String[] server = KafkaBroker.bootstrapServers().split(":");
			Map<String, Object> expected = new HashMap<>(Map.of("messaging.system", "kafka", "messaging.operation.name",
					"poll", "messaging.operation.type", "receive", "messaging.destination.name", topic,
					"messaging.destination.partition.id", "0", "messaging.batch.message_count", 2L,
					"messaging.client.id", "reader", "messaging.consumer.group.name", "readers", "server.address",
					server[0], "server.port", Long.valueOf(server[1])));
			expected.put("messaging.message.time_in_queue_source", "producer");
			assertThat(attributes(poll)).isEqualTo(expected);
			assertThat(poll.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactlyElementsOf(sends.stream().map(SpanData::getSpanId).toList());
			assertThat(poll.getLinks())
				.extracting((link) -> link.getAttributes().get(longKey("messaging.kafka.offset")))
				.containsExactly(0L, 1L);
			assertThat(poll.getLinks())
				.extracting((link) -> link.getAttributes().get(stringKey("messaging.kafka.message.key")))
				.containsExactly("order-42", "order-43");
			assertThat(poll.getLinks())
				.extracting((link) -> link.getAttributes().get(booleanKey("messaging.kafka.message.tombstone")))
				.containsExactly(null, true);
		}
	}

	@Test
	void pollIsARootWhereTheThreadDoesNothing() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start(); Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			kafka.send(topic, "a book");
			assign(consumer, new TopicPartition(topic, 0));
			poll(consumer);
			assertThat(Context.current()).isSameAs(Context.root());
			SpanData poll = kafka.spans().await("poll " + topic);
			assertThat(poll.getParentSpanContext().isValid()).isFalse();
			assertThat(poll.getTraceId()).isNotEqualTo(kafka.spans().await("send " + topic).getTraceId());
		}
	}

	@Test
	void pollThatBringsNothingHasNoSpan() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start(); Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			assign(consumer, new TopicPartition(topic, 0));
			for (int i = 0; i < 3; i++) {
				assertThat(consumer.poll(EMPTY_POLL)).isEmpty();
			}
			assertThat(kafka.spans().ended()).isEmpty();
			assertThat(kafka.spans().open()).isZero();
		}
	}

	@Test
	void recordsOfSeveralTopicsAreToldApartOnTheirLinks() {
		String books = KafkaBroker.newTopic("polled-books");
		String toys = KafkaBroker.newTopic("polled-toys");
		try (TracedKafka kafka = TracedKafka.start();
				Consumer<Object, Object> consumer = consumer(kafka, Map.of(ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
						100_000, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500))) {
			kafka.send(books, "a book");
			kafka.send(toys, "a ball");
			assign(consumer, new TopicPartition(books, 0), new TopicPartition(toys, 0));
			assertThat(poll(consumer)).hasSize(2);
			SpanData poll = kafka.spans().await("poll");
			assertThat(attributes(poll))
				.doesNotContainKeys("messaging.destination.name", "messaging.destination.partition.id")
				.containsEntry("messaging.batch.message_count", 2L);
			assertThat(poll.getLinks())
				.extracting((link) -> link.getAttributes().get(stringKey("messaging.destination.name")))
				.containsExactlyInAnyOrder(books, toys);
		}
	}

	@Test
	void excludedTopicHasNoSpan() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.topics((name) -> !name.equals(topic)))
			.start(); Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			kafka.send(topic, "a book");
			assign(consumer, new TopicPartition(topic, 0));
			assertThat(poll(consumer)).hasSize(1);
			assertThat(kafka.spans().ended()).isEmpty();
		}
	}

	@Test
	void recordsAreWhatTheConsumerReturned() {
		String topic = KafkaBroker.newTopic("polled");
		List<ConsumerRecords<Object, Object>> raw = new ArrayList<>();
		try (TracedKafka kafka = TracedKafka.start()) {
			DefaultKafkaConsumerFactory<Object, Object> factory = factory(Map.of());
			factory.addPostProcessor((consumer) -> RecordingConsumer.of(consumer, raw));
			kafka.tracing().instrument(factory);
			kafka.send(topic, "a book");
			kafka.send(topic, "a ball");
			try (Consumer<Object, Object> consumer = factory.createConsumer()) {
				assign(consumer, new TopicPartition(topic, 0));
				ConsumerRecords<Object, Object> records = poll(consumer);
				assertThat(records).isSameAs(raw.get(raw.size() - 1));
				assertThat(records.nextOffsets().get(new TopicPartition(topic, 0)).offset()).isEqualTo(2);
				assertThat(values(records)).isEqualTo(values(records)).containsExactly("a book", "a ball");
				for (ConsumerRecord<Object, Object> record : records) {
					assertThat(record).isNotNull();
					assertThat(Context.current()).as("of who iterates").isSameAs(Context.root());
				}
			}
		}
	}

	@Test
	void whatThePollBroughtIsCounted() {
		String topic = KafkaBroker.newTopic("polled");
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start(); Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			kafka.send(topic, "a book");
			kafka.send(topic, "a ball");
			assign(consumer, new TopicPartition(topic, 0));
			assertThat(poll(consumer)).hasSize(2);
			consumer.poll(EMPTY_POLL);
			assertThat(registry.get(MessagingMetrics.CLIENT_CONSUMED_MESSAGES).counter().count()).isEqualTo(2);
			assertThat(registry.get(MessagingMetrics.TIME_IN_QUEUE).tag("source", "producer").summary().count())
				.isEqualTo(2);
			assertThat(registry.get(MessagingMetrics.CLIENT_OPERATION_DURATION)
				.tag("messaging.operation.name", "poll")
				.summary()
				.count()).isEqualTo(1);
		}
	}

	@Test
	void consumerWithoutAGroupHasNoneOnItsSpans() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start()) {
			DefaultKafkaConsumerFactory<Object, Object> factory = factory(Map.of());
			factory.removeConfig(ConsumerConfig.GROUP_ID_CONFIG);
			kafka.tracing().instrument(factory);
			kafka.send(topic, "a book");
			try (Consumer<Object, Object> consumer = factory.createConsumer()) {
				assign(consumer, new TopicPartition(topic, 0));
				poll(consumer);
			}
			assertThat(attributes(kafka.spans().await("poll " + topic)))
				.doesNotContainKey("messaging.consumer.group.name");
		}
	}

	@Test
	void templateThatReceivesHasASpanAndLeavesTheThreadClean() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start()) {
			DefaultKafkaConsumerFactory<Object, Object> factory = factory(Map.of());
			kafka.tracing().instrument(factory);
			kafka.template().setConsumerFactory(factory);
			kafka.send(topic, "a book");
			ConsumerRecord<Object, Object> record = kafka.template().receive(topic, 0, 0, Duration.ofSeconds(10));
			assertThat(record).isNotNull();
			assertThat(record.value()).isEqualTo("a book");
			assertThat(Context.current()).isSameAs(Context.root());
			SpanData send = kafka.spans().await("send " + topic);
			assertThat(kafka.spans().await("poll " + topic).getLinks())
				.extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(send.getSpanId());
			kafka.send(topic, "unrelated");
			assertThat(kafka.spans().await("send " + topic, 2)).extracting(SpanData::getTraceId)
				.doesNotHaveDuplicates();
		}
	}

	@Test
	void listenerThatReceivesThroughATemplateHasTheSpanInItsOwn() {
		String topic = KafkaBroker.newTopic("polled");
		String stock = KafkaBroker.newTopic("polled-stock");
		try (TracedKafka kafka = TracedKafka.start()) {
			DefaultKafkaConsumerFactory<Object, Object> factory = factory(Map.of());
			kafka.tracing().instrument(factory);
			kafka.template().setConsumerFactory(factory);
			kafka.send(stock, "42 books");
			kafka.send(topic, "a book");
			kafka.listen(topic, (record) -> kafka.template().receive(stock, 0, 0, Duration.ofSeconds(10)));
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(kafka.spans().await("poll " + stock).getParentSpanId()).isEqualTo(process.getSpanId());
		}
	}

	@Test
	void factoryIsInstrumentedOnce() {
		try (TracedKafka kafka = TracedKafka.start()) {
			DefaultKafkaConsumerFactory<Object, Object> factory = factory(Map.of());
			assertThat(kafka.tracing().isTraced(factory)).isFalse();
			assertThat(kafka.tracing().instrument(factory)).isTrue();
			assertThat(kafka.tracing().instrument(factory)).isTrue();
			assertThat(factory.getPostProcessors()).hasSize(1);
		}
	}

	private static List<Object> values(ConsumerRecords<Object, Object> records) {
		return StreamSupport.stream(records.spliterator(), false).map(ConsumerRecord::value).toList();
	}

}
