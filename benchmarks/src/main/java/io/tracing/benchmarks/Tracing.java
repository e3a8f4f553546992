// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * One way to trace Kafka, put on by the means that its users have.
 */
interface Tracing {

	KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template);

	ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory);

}
