// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * One real broker for all tests of a JVM. Tests keep apart by the names of their topics
 * and groups.
 */
public final class KafkaBroker {

	private static final EmbeddedKafkaBroker BROKER = start();

	private static final AtomicInteger COUNTER = new AtomicInteger();

	private KafkaBroker() {
	}

	private static EmbeddedKafkaBroker start() {
		EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
		broker.brokerProperties(Map.of("offsets.topic.num.partitions", "1", "transaction.state.log.replication.factor",
				"1", "transaction.state.log.min.isr", "1", "transaction.state.log.num.partitions", "1",
				"share.coordinator.state.topic.replication.factor", "1", "share.coordinator.state.topic.min.isr", "1",
				"share.coordinator.state.topic.num.partitions", "1"));
		// Groups come together at once: the first members of one are not waited for, and
		// a
		// share group learns with its second heartbeat what it is assigned.
		broker.brokerProperties(Map.of("group.initial.rebalance.delay.ms", "0", "group.share.heartbeat.interval.ms",
				"100", "group.share.min.heartbeat.interval.ms", "100"));
		broker.afterPropertiesSet();
		Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
		return broker;
	}

	public static String bootstrapServers() {
		return BROKER.getBrokersAsString();
	}

	/**
	 * Create topics of one partition.
	 * @param topics the names
	 */
	public static void createTopics(String... topics) {
		BROKER.addTopics(topics);
	}

	/**
	 * Create a topic of one partition that no other test uses.
	 * @param prefix the first part of its name
	 * @return its name
	 */
	public static String newTopic(String prefix) {
		return newTopic(prefix, 1, Map.of());
	}

	/**
	 * Create a topic that no other test uses.
	 * @param prefix the first part of its name
	 * @param partitions how many partitions it has
	 * @param configuration the configuration of the topic
	 * @return its name
	 */
	public static String newTopic(String prefix, int partitions, Map<String, String> configuration) {
		String name = prefix + "-" + COUNTER.incrementAndGet();
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
			admin.createTopics(Set.of(new NewTopic(name, partitions, (short) 1).configs(configuration))).all().get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new AssertionError("The topic " + name + " was not created", ex);
		}
		return name;
	}

	/**
	 * Let a share group begin with the first record of a topic and not with the next.
	 * @param group the name of the group
	 */
	public static void shareFromTheBeginning(String group) {
		ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
		AlterConfigOp earliest = new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"),
				AlterConfigOp.OpType.SET);
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
			admin.incrementalAlterConfigs(Map.of(resource, List.of(earliest))).all().get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new AssertionError("The share group " + group + " was not configured", ex);
		}
	}

	/**
	 * Read what is on the wire, without any tracing.
	 * @param topic a topic of one partition
	 * @param count how many records there must be
	 * @return the records
	 */
	public static List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		TopicPartition partition = new TopicPartition(topic, 0);
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
						ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20),
				new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
			consumer.assign(Set.of(partition));
			consumer.seekToBeginning(Set.of(partition));
			Awaitility.await(count + " records on " + topic).atMost(Duration.ofSeconds(20)).until(() -> {
				consumer.poll(Duration.ofMillis(100)).forEach(records::add);
				return records.size() >= count;
			});
		}
		return records;
	}

}
