// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;
import java.util.Map;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.opentelemetry.api.OpenTelemetry;
import io.tracing.autoconfigure.KafkaTracingAutoConfiguration;
import io.tracing.autoconfigure.NatsTracingAutoConfiguration;
import io.tracing.autoconfigure.TracingAutoConfiguration;

import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * What the auto-configuration makes of the beans of an application.
 */
final class AutoConfigured implements Tracing {

	private final AutowireCapableBeanFactory beans;

	AutoConfigured(OpenTelemetry openTelemetry, boolean enabled) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("benchmark", Map.of("tracing.enabled", enabled)));
		context.registerBean(OpenTelemetry.class, () -> openTelemetry);
		context.register(TracingAutoConfiguration.class, KafkaTracingAutoConfiguration.class,
				NatsTracingAutoConfiguration.class);
		context.refresh();
		this.beans = context.getAutowireCapableBeanFactory();
	}

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		postProcess(template.getProducerFactory(), "kafkaProducerFactory");
		return postProcess(template, "kafkaTemplate");
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		return postProcess(factory, "kafkaListenerContainerFactory");
	}

	@SuppressWarnings("unchecked")
	private <T> T postProcess(T bean, String name) {
		return (T) this.beans.initializeBean(bean, name);
	}

	@Override
	public NatsClient nats(Options options) throws IOException, InterruptedException {
		return new NatsClient(postProcess(Nats.connect(options), "natsConnection"));
	}

}
