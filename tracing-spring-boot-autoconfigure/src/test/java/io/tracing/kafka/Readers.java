// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Consumers that a test polls by itself.
 */
final class Readers {

	private Readers() {
	}

	static Consumer<Object, Object> consumer(TracedKafka kafka, Map<String, Object> configuration) {
		DefaultKafkaConsumerFactory<Object, Object> factory = factory(configuration);
		kafka.tracing().instrument(factory);
		return factory.createConsumer();
	}

	static DefaultKafkaConsumerFactory<Object, Object> factory(Map<String, Object> configuration) {
		DefaultKafkaConsumerFactory<Object, Object> factory = new DefaultKafkaConsumerFactory<>(
				Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
						CommonClientConfigs.CLIENT_ID_CONFIG, "reader", ConsumerConfig.GROUP_ID_CONFIG, "readers",
						ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
						ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
						ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20));
		factory.updateConfigs(configuration);
		return factory;
	}

	static void assign(Consumer<Object, Object> consumer, TopicPartition... partitions) {
		consumer.assign(Set.of(partitions));
		consumer.seekToBeginning(Set.of(partitions));
	}

	static ConsumerRecords<Object, Object> poll(Consumer<Object, Object> consumer) {
		return Awaitility.await("records")
			.atMost(Duration.ofSeconds(15))
			.pollInSameThread()
			.until(() -> consumer.poll(Duration.ofSeconds(1)), (records) -> !records.isEmpty());
	}

	static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new HashMap<>();
		span.getAttributes().asMap().forEach((key, value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

}
