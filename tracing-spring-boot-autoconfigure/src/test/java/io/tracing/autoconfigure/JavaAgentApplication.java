// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.Spans;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends one message to itself, and prints what this library says and does meanwhile.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class JavaAgentApplication {

	private final CompletableFuture<String> received = new CompletableFuture<>();

	@SuppressWarnings("unchecked")
	public static void main(String[] arguments) throws Exception {
		String topic = arguments[0];
		Spans spans;
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(JavaAgentApplication.class)
			.web(WebApplicationType.NONE)
			.properties("topic=" + topic, "spring.kafka.bootstrap-servers=" + arguments[1],
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=" + topic,
					"management.tracing.sampling.probability=1", "management.otlp.metrics.export.enabled=false")
			.run()) {
			System.out.println(context.getBean(StartupLine.class).text());
			spans = context.getBean(Spans.class);
			context.getBean(KafkaTemplate.class).send(topic, "a book").get(10, TimeUnit.SECONDS);
			context.getBean(JavaAgentApplication.class).received.get(20, TimeUnit.SECONDS);
		}
		spans.awaitNoneOpen();
		System.out.println("ours: " + spans.ended().stream().map(SpanData::getName).toList());
	}

	@Bean
	Spans spans() {
		return new Spans();
	}

	@KafkaListener(topics = "${topic}")
	void process(String value) {
		this.received.complete(value);
	}

}
