// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import io.opentelemetry.api.OpenTelemetry;
import io.tracing.kafka.KafkaTracing;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * This library, put on by the calls that its auto-configuration makes.
 */
final class Starter implements Tracing {

	private final KafkaTracing tracing;

	Starter(OpenTelemetry openTelemetry) {
		this.tracing = KafkaTracing.create(openTelemetry);
	}

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		this.tracing.instrument(template.getProducerFactory());
		return template;
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		this.tracing.instrument(factory);
		return factory;
	}

}
