// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Kafka's own observation beside this library, with Boot's bridge to
 * OpenTelemetry: whoever traces, it is one, and the log says who.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringObservationIntegrationTests {

	private static final String SPRINGS = "org.springframework.boot";

	private static final String OURS = "io.tracing";

	private final String topic = KafkaBroker.newTopic("observed");

	@ParameterizedTest
	@CsvSource({ "true, true", "true, false", "false, true" })
	void byDefaultEachSideYieldsByItself(boolean template, boolean listener) throws Exception {
		try (ConfigurableApplicationContext context = start("yield", template, listener)) {
			exchange(context, "kafkaTemplate");
			assertOneOfEach(context, template ? SPRINGS : OURS, listener ? SPRINGS : OURS);
			assertThat(line(context).contains("not 'kafkaTemplate', Spring's observation is on and traces it"))
				.isEqualTo(template);
			assertThat(line(context)
				.contains("not 'kafkaListenerContainerFactory', Spring's observation is on and traces it"))
				.isEqualTo(listener);
		}
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "true, false", "false, true", "false, false" })
	void ourTracingTakesOver(boolean template, boolean listener) throws Exception {
		try (ConfigurableApplicationContext context = start("replace", template, listener)) {
			exchange(context, "kafkaTemplate");
			assertOneOfEach(context, OURS, OURS);
			assertThat(line(context).contains("in place of Spring's observation of 'kafkaTemplate'"))
				.isEqualTo(template);
			assertThat(line(context).contains("in place of Spring's observation of 'kafkaListenerContainerFactory'"))
				.isEqualTo(listener);
		}
	}

	@ParameterizedTest
	@CsvSource({ "yield, org.springframework.boot", "replace, io.tracing" })
	void beansOfTheUsersOwnAreSeenAsWell(String observation, String scope) throws Exception {
		try (ConfigurableApplicationContext context = start(observation, false, false, "--spring.profiles.active=own",
				"--listen=false")) {
			exchange(context, "myTemplate");
			assertOneOfEach(context, scope, scope);
			assertThat(line(context)).contains("'myTemplate'").contains("'myContainer'");
		}
	}

	@Test
	void badValueIsAnsweredByBoot(CapturedOutput output) {
		try {
			start("both", false, false).close();
		}
		catch (RuntimeException ex) {
			assertThat(output).contains("Property: tracing.kafka.observation").contains("YIELD").contains("REPLACE");
			return;
		}
		throw new AssertionError("It started");
	}

	private ConfigurableApplicationContext start(String observation, boolean template, boolean listener,
			String... arguments) {
		return new SpringApplicationBuilder(Application.class, Own.class).web(WebApplicationType.NONE)
			.properties("topic=" + this.topic, "listen=true",
					"spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=" + this.topic,
					"spring.kafka.template.observation-enabled=" + template,
					"spring.kafka.listener.observation-enabled=" + listener, "tracing.kafka.observation=" + observation,
					"management.tracing.sampling.probability=1", "management.otlp.metrics.export.enabled=false")
			.run(arguments);
	}

	@SuppressWarnings("unchecked")
	private void exchange(ConfigurableApplicationContext context, String template) throws Exception {
		context.getBean(template, KafkaTemplate.class).send(this.topic, "a book").get(10, TimeUnit.SECONDS);
		assertThat(context.getBean(Application.class).received.get(20, TimeUnit.SECONDS)).isEqualTo("a book");
	}

	private static void assertOneOfEach(ConfigurableApplicationContext context, String sendScope, String processScope) {
		Spans spans = context.getBean(Spans.class);
		SpanData send = spans.await(SpanKind.PRODUCER);
		SpanData process = spans.await(SpanKind.CONSUMER);
		spans.awaitNoneOpen();
		assertThat(spans.ended()).containsExactlyInAnyOrder(send, process);
		assertThat(send.getInstrumentationScopeInfo().getName()).isEqualTo(sendScope);
		assertThat(process.getInstrumentationScopeInfo().getName()).isEqualTo(processScope);
		assertThat(process.getTraceId()).isEqualTo(send.getTraceId());
		assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
	}

	private static String line(ConfigurableApplicationContext context) {
		return context.getBean(StartupLine.class).text();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final CompletableFuture<String> received = new CompletableFuture<>();

		@Bean
		Spans spans() {
			return new Spans();
		}

		@KafkaListener(topics = "${topic}", autoStartup = "${listen}")
		void process(String value) {
			this.received.complete(value);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("own")
	static class Own {

		@Bean
		KafkaTemplate<Object, Object> myTemplate(ProducerFactory<?, ?> factory) {
			KafkaTemplate<Object, Object> template = new KafkaTemplate<>(
					new DefaultKafkaProducerFactory<>(factory.getConfigurationProperties()));
			template.setObservationEnabled(true);
			return template;
		}

		@Bean
		ConcurrentMessageListenerContainer<Object, Object> myContainer(ConsumerFactory<Object, Object> factory,
				Environment environment, Application application) {
			ContainerProperties properties = new ContainerProperties(environment.getRequiredProperty("topic"));
			properties.setObservationEnabled(true);
			properties.setMessageListener((MessageListener<Object, @Nullable Object>) (record) -> application.received
				.complete(String.valueOf(record.value())));
			return new ConcurrentMessageListenerContainer<>(factory, properties);
		}

	}

}
