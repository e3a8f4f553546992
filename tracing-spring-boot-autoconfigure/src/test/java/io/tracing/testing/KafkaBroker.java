// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.Map;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * One real broker for all tests of a JVM. Tests keep apart by the names of their topics
 * and groups.
 */
public final class KafkaBroker {

	private static final EmbeddedKafkaBroker BROKER = start();

	private KafkaBroker() {
	}

	private static EmbeddedKafkaBroker start() {
		EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
		broker.brokerProperties(Map.of("transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr",
				"1", "group.initial.rebalance.delay.ms", "0"));
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

}
