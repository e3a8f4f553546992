// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;

import io.nats.client.Options;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * One way to trace Kafka and NATS, put on by the means that its users have.
 */
interface Tracing {

	KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template);

	ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory);

	/**
	 * Connect to a nats-server.
	 * @throws UnsupportedOperationException if it does not trace NATS
	 */
	default NatsClient nats(Options options) throws IOException, InterruptedException {
		throw new UnsupportedOperationException(getClass().getSimpleName() + " does not trace NATS");
	}

}
