// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.concurrent.TimeUnit;

import io.tracing.messaging.SpanTemplate;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Invariant 7: off means absent. Nothing is wrapped, and nothing is on the wire.
 */
class DisabledTracingIntegrationTests {

	@ParameterizedTest
	@ValueSource(strings = { "tracing.enabled=false", "tracing.kafka.enabled=false",
			"management.opentelemetry.enabled=false", "tracing.kafka.exclude=*" })
	void nothingIsOnTheWire(String property) throws Exception {
		String topic = KafkaBroker.newTopic("disabled");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--" + property, "--topic=" + topic,
					"--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.kafka.consumer.group-id=" + topic,
					"--management.tracing.sampling.probability=1", "--management.otlp.metrics.export.enabled=false")) {
			Application application = context.getBean(Application.class);
			send(context, topic);
			await().until(() -> application.received != null);
			assertThat(KafkaBroker.records(topic, 1).get(0).headers()).isEmpty();
			assertThat(application.spans.ended()).isEmpty();
			assertThat(context.getBean(SpanTemplate.class).<String, RuntimeException>call("mine", (span) -> "result"))
				.isEqualTo("result");
			if (!property.contains("exclude")) {
				ConcurrentKafkaListenerContainerFactory<?, ?> containers = context
					.getBean(ConcurrentKafkaListenerContainerFactory.class);
				assertThat(containers.getRecordInterceptor()).isNull();
				assertThat(containers.getBatchInterceptor()).isNull();
				ProducerFactory<?, ?> producers = context.getBean(ProducerFactory.class);
				assertThat(producers.getPostProcessors()).isEmpty();
				ConsumerFactory<?, ?> consumers = context.getBean(ConsumerFactory.class);
				assertThat(consumers.getPostProcessors()).isEmpty();
			}
		}
	}

	@SuppressWarnings("unchecked")
	private static void send(ConfigurableApplicationContext context, String topic) throws Exception {
		context.getBean(KafkaTemplate.class).send(topic, "a book").get(10, TimeUnit.SECONDS);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final Spans spans = new Spans();

		private volatile String received;

		@Bean
		Spans spans() {
			return this.spans;
		}

		@KafkaListener(topics = "${topic}")
		void process(String value) {
			this.received = value;
		}

	}

}
