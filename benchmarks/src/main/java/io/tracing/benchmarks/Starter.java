// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.opentelemetry.api.OpenTelemetry;
import io.tracing.kafka.KafkaTracing;
import io.tracing.nats.NatsTracing;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * This library, put on by the calls that its auto-configuration makes.
 */
final class Starter implements Tracing {

	private final KafkaTracing kafka;

	private final NatsTracing nats;

	Starter(OpenTelemetry openTelemetry) {
		this.kafka = KafkaTracing.create(openTelemetry);
		this.nats = NatsTracing.create(openTelemetry);
	}

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		this.kafka.instrument(template.getProducerFactory());
		return template;
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		this.kafka.instrument(factory);
		return factory;
	}

	@Override
	public NatsClient nats(Options options) throws IOException, InterruptedException {
		return new NatsClient(this.nats.wrap(Nats.connect(options)));
	}

}
