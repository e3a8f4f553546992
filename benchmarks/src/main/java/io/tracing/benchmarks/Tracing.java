// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/**
 * One way to trace Kafka, put on by the means that its users have.
 */
interface Tracing {

	KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template);

	ConcurrentMessageListenerContainer<String, String> trace(
			ConcurrentMessageListenerContainer<String, String> container);

}
