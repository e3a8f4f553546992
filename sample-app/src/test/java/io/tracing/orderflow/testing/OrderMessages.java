// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.tracing.orderflow.service.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

import org.springframework.kafka.core.KafkaTemplate;

import static org.awaitility.Awaitility.await;

/**
 * Sends messages to the worker past the orders service, and waits until it has done with
 * them.
 */
public final class OrderMessages {

	private static final String GROUP = "notification-worker";

	private final RunningServices services;

	/**
	 * Create the sender.
	 * @param services the services to send to
	 */
	public OrderMessages(RunningServices services) {
		this.services = services;
	}

	/**
	 * Send a message that an order was placed.
	 * @param orderId the order
	 * @param itemId the item ordered
	 * @param quantity how many
	 * @return where the message is
	 */
	public RecordMetadata sendOrderCreated(String orderId, String itemId, int quantity) {
		return send(orderId,
				"{\"order_id\":\"%s\",\"customer_id\":\"ada\",\"items\":[{\"item_id\":\"%s\",\"quantity\":%d}]}"
					.formatted(orderId, itemId, quantity));
	}

	/**
	 * Send any message to the worker.
	 * @param key its key
	 * @param value its value
	 * @return where the message is
	 */
	public RecordMetadata send(String key, String value) {
		@SuppressWarnings("unchecked")
		KafkaTemplate<String, String> kafka = this.services.service("orders").getBean(KafkaTemplate.class);
		return kafka.send(Topics.ORDER_CREATED, key, value).join().getRecordMetadata();
	}

	/**
	 * Wait until the worker has committed a message.
	 * @param message where the message is
	 */
	public void awaitProcessed(RecordMetadata message) {
		TopicPartition partition = new TopicPartition(message.topic(), message.partition());
		try (Admin admin = Admin
			.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, this.services.broker().bootstrapServers()))) {
			await("commit of " + message).atMost(Duration.ofSeconds(30)).until(() -> {
				OffsetAndMetadata committed = admin.listConsumerGroupOffsets(GROUP)
					.partitionsToOffsetAndMetadata()
					.get()
					.get(partition);
				return committed != null && committed.offset() > message.offset();
			});
		}
	}

	/**
	 * Wait for a message in the dead letters.
	 * @param key its key
	 * @return the dead letter
	 */
	public ConsumerRecord<String, String> deadLetter(String key) {
		Map<String, Object> properties = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
				this.services.broker().bootstrapServers(), ConsumerConfig.GROUP_ID_CONFIG, "test-" + key,
				ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
		List<ConsumerRecord<String, String>> found = new ArrayList<>();
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(),
				new StringDeserializer())) {
			consumer.subscribe(List.of(Topics.ORDER_CREATED_DEAD_LETTER));
			await("dead letter " + key).atMost(Duration.ofSeconds(30)).until(() -> {
				consumer.poll(Duration.ofMillis(200)).forEach((record) -> {
					if (key.equals(record.key())) {
						found.add(record);
					}
				});
				return !found.isEmpty();
			});
		}
		return found.get(0);
	}

}
