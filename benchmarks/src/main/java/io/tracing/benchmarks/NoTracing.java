// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;

import io.nats.client.Nats;
import io.nats.client.Options;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * What the others are compared with.
 */
final class NoTracing implements Tracing {

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		return template;
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		return factory;
	}

	@Override
	public NatsClient nats(Options options) throws IOException, InterruptedException {
		return new NatsClient(Nats.connect(options));
	}

}
