// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultShareConsumerFactory;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Share consumers (queues for Kafka, KIP-932) that the application polls by itself.
 */
class PolledShareConsumerIntegrationTests {

	@Test
	void eachDeliveryIsAPollThatLinksToTheSend() {
		String topic = KafkaBroker.newTopic("shared");
		try (TracedKafka kafka = TracedKafka.start();
				ShareConsumer<Object, Object> consumer = consumer(kafka, topic, Map.of())) {
			kafka.send(topic, "a book");
			SpanData send = kafka.spans().await("send " + topic);
			consumer.subscribe(List.of(topic));
			for (AcknowledgeType type : List.of(AcknowledgeType.RELEASE, AcknowledgeType.ACCEPT)) {
				ConsumerRecords<Object, Object> records = poll(consumer);
				assertThat(records).hasSize(1);
				for (ConsumerRecord<Object, Object> record : records) {
					consumer.acknowledge(record, type);
				}
				consumer.commitSync();
				assertThat(Context.current()).isSameAs(Context.root());
			}
			List<SpanData> polls = kafka.spans().await("poll " + topic, 2);
			assertThat(polls).allSatisfy((poll) -> {
				assertThat(poll.getKind()).isEqualTo(SpanKind.CLIENT);
				assertThat(poll.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
					.containsExactly(send.getSpanId());
				Map<String, Object> attributes = new HashMap<>();
				poll.getAttributes().asMap().forEach((key, value) -> attributes.put(key.getKey(), value));
				assertThat(attributes).containsEntry("messaging.consumer.group.name", topic)
					.containsEntry("messaging.client.id", "reader")
					.containsEntry("messaging.batch.message_count", 1L);
			});
			assertThat(polls)
				.extracting((poll) -> poll.getLinks()
					.get(0)
					.getAttributes()
					.get(longKey("messaging.kafka.share.delivery_count")))
				.containsExactly(1L, 2L);
		}
	}

	@Test
	void recordThatCannotBeDeserializedFailsThePollAndIsLinked() {
		String topic = KafkaBroker.newTopic("shared");
		try (TracedKafka kafka = TracedKafka.start();
				ShareConsumer<Object, Object> consumer = consumer(kafka, topic,
						Map.of(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, IntegerDeserializer.class))) {
			kafka.send(topic, "no number");
			consumer.subscribe(List.of(topic));
			assertThatThrownBy(() -> poll(consumer)).isInstanceOf(RecordDeserializationException.class);
			SpanData poll = kafka.spans().await("poll " + topic);
			assertThat(poll.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(poll.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(kafka.spans().await("send " + topic).getSpanId());
		}
	}

	private static ShareConsumer<Object, Object> consumer(TracedKafka kafka, String group,
			Map<String, Object> configuration) {
		KafkaBroker.shareFromTheBeginning(group);
		Map<String, Object> all = new HashMap<>(
				Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
						ConsumerConfig.GROUP_ID_CONFIG, group, ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG,
						"explicit", ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
						ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class));
		all.putAll(configuration);
		return kafka.tracing()
			.wrap(new DefaultShareConsumerFactory<Object, Object>(all).createShareConsumer(group, "reader"), all);
	}

	private static ConsumerRecords<Object, Object> poll(ShareConsumer<Object, Object> consumer) {
		return Awaitility.await("records")
			.atMost(Duration.ofSeconds(30))
			.pollInSameThread()
			.until(() -> consumer.poll(Duration.ofSeconds(1)), (records) -> !records.isEmpty());
	}

}
