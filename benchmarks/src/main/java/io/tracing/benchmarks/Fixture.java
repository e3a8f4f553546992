// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.Map;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The topic, the message and the client configuration that every variant gets.
 */
final class Fixture {

	static final String TOPIC = "orders";

	static final String KEY = "order-4711";

	static final String VALUE = "{\"id\":4711,\"items\":3,\"total\":\"59.90\"}";

	static final String GROUP = "fulfilment";

	static final String PRODUCER_CLIENT_ID = "orders-producer";

	static final String CONSUMER_CLIENT_ID = "fulfilment-consumer-0";

	static final String SERVER_ADDRESS = "kafka.example.com";

	static final Long SERVER_PORT = 9092L;

	static final Map<String, Object> PRODUCER_CONFIG = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
			SERVER_ADDRESS + ":" + SERVER_PORT, CommonClientConfigs.CLIENT_ID_CONFIG, PRODUCER_CLIENT_ID,
			ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
			ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);

	static final Map<String, Object> CONSUMER_CONFIG = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
			SERVER_ADDRESS + ":" + SERVER_PORT, CommonClientConfigs.CLIENT_ID_CONFIG, CONSUMER_CLIENT_ID,
			CommonClientConfigs.GROUP_ID_CONFIG, GROUP, ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
			StringDeserializer.class, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);

	private Fixture() {
	}

	/**
	 * Kafka's clients tell their {@code client.id} in the tags of their metrics, and
	 * Spring Kafka and the tracers look for it there. The mock clients have no metrics.
	 */
	static Map<MetricName, Metric> metricsOfClient(String clientId) {
		MetricName name = new MetricName("count", "app-info", "", Map.of("client-id", clientId));
		return Map.of(name, new FixedMetric(name, 1.0));
	}

	private record FixedMetric(MetricName metricName, Object metricValue) implements Metric {
	}

}
