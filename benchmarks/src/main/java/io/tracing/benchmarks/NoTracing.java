// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/**
 * What the others are compared with.
 */
final class NoTracing implements Tracing {

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		return template;
	}

	@Override
	public ConcurrentMessageListenerContainer<String, String> trace(
			ConcurrentMessageListenerContainer<String, String> container) {
		return container;
	}

}
