// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import io.tracing.testing.Warnings;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

import static io.tracing.kafka.Readers.assign;
import static io.tracing.kafka.Readers.attributes;
import static io.tracing.kafka.Readers.consumer;
import static io.tracing.kafka.Readers.poll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Polls that fail, and whatever strangers and tracing itself can do to them.
 */
class PolledConsumerFailureIntegrationTests {

	private static final Duration EMPTY_POLL = Duration.ofMillis(50);

	@Test
	void recordThatCannotBeDeserializedFailsThePollAndIsLinked() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start();
				Consumer<Object, Object> consumer = consumer(kafka,
						Map.of(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, IntegerDeserializer.class))) {
			kafka.send(topic, "no number");
			SpanData send = kafka.spans().await("send " + topic);
			assign(consumer, new TopicPartition(topic, 0));
			assertThatThrownBy(() -> poll(consumer)).isInstanceOf(RecordDeserializationException.class);
			SpanData poll = kafka.spans().await("poll " + topic);
			assertThat(poll.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(attributes(poll)).containsEntry("error.type", RecordDeserializationException.class.getName())
				.containsEntry("messaging.destination.partition.id", "0")
				.containsEntry("messaging.kafka.offset", 0L);
			assertThat(poll.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(send.getSpanId());
		}
	}

	@Test
	void whatPollThrowsReachesTheCaller() {
		String topic = KafkaBroker.newTopic("polled");
		try (TracedKafka kafka = TracedKafka.start()) {
			Consumer<Object, Object> consumer = consumer(kafka, Map.of());
			assertThatThrownBy(() -> consumer.poll(EMPTY_POLL)).isExactlyInstanceOf(IllegalStateException.class)
				.hasMessage("Consumer is not subscribed to any topics or assigned any partitions");
			assertThat(attributes(kafka.spans().await("poll"))).containsEntry("error.type",
					IllegalStateException.class.getName());
			assign(consumer, new TopicPartition(topic, 0));
			consumer.wakeup();
			assertThatThrownBy(() -> consumer.poll(EMPTY_POLL)).isInstanceOf(WakeupException.class);
			consumer.close();
			assertThatThrownBy(() -> consumer.poll(EMPTY_POLL)).isExactlyInstanceOf(IllegalStateException.class)
				.hasMessage("This consumer has already been closed.");
			assertThat(kafka.spans().await("poll", 2)).as("a wake-up is no error").hasSize(2);
			assertThat(kafka.spans().ended()).hasSize(2);
		}
	}

	@Test
	void hostileHeadersCostTheirLinkAlone() {
		String topic = KafkaBroker.newTopic("polled");
		try (Warnings warnings = new Warnings();
				TracedKafka kafka = TracedKafka.start();
				Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			KafkaTemplate<Object, Object> untraced = new KafkaTemplate<>(
					new DefaultKafkaProducerFactory<>(kafka.producerFactory().getConfigurationProperties()));
			for (byte[] value : new byte[][] { null, {}, { -1, -2 }, "00-zz-yy-01".getBytes(StandardCharsets.UTF_8),
					new byte[100_000] }) {
				ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "a book");
				record.headers().add("traceparent", value).add("traceparent", value).add("baggage", value);
				untraced.send(record).join();
			}
			untraced.getProducerFactory().reset();
			kafka.send(topic, "a ball");
			assign(consumer, new TopicPartition(topic, 0));
			assertThat(poll(consumer)).hasSize(6);
			SpanData poll = kafka.spans().await("poll " + topic);
			assertThat(attributes(poll)).containsEntry("messaging.batch.message_count", 6L);
			assertThat(poll.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(kafka.spans().await("send " + topic).getSpanId());
			assertThat(warnings.messages()).isEmpty();
		}
	}

	@Test
	void faultOfTracingLeavesThePollAlone() {
		String topic = KafkaBroker.newTopic("polled");
		SpanProcessor hostile = new SpanProcessor() {

			@Override
			public void onStart(Context parentContext, ReadWriteSpan span) {
				throw new IllegalStateException("onStart");
			}

			@Override
			public boolean isStartRequired() {
				return true;
			}

			@Override
			public void onEnd(ReadableSpan span) {
			}

			@Override
			public boolean isEndRequired() {
				return false;
			}

		};
		try (Warnings warnings = new Warnings();
				TracedKafka kafka = TracedKafka.builder()
					.tracers((tracers) -> tracers.addSpanProcessor(hostile))
					.start();
				Consumer<Object, Object> consumer = consumer(kafka, Map.of())) {
			kafka.send(topic, "a book");
			assign(consumer, new TopicPartition(topic, 0));
			assertThat(poll(consumer)).hasSize(1);
			assertThat(warnings.messages()).isNotEmpty();
		}
	}

}
