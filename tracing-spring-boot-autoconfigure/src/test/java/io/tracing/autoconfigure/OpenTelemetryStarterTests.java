// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.kafka.TracingRecordInterceptor;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * OpenTelemetry's own starter beside ours, for real: the build runs this class alone,
 * with that starter on its class path. Whoever traces, it is one.
 */
class OpenTelemetryStarterTests {

	@Test
	void theirsTracesAndOursYields() throws Exception {
		String topic = KafkaBroker.newTopic("theirs");
		try (ConfigurableApplicationContext context = start(topic)) {
			exchange(context, topic);
			assertThat(context.getBean(StartupLine.class).text())
				.contains("Kafka: no, OpenTelemetry's starter traces it");
			assertOneOfEach(context, "io.opentelemetry.");
			ConcurrentKafkaListenerContainerFactory<?, ?> factory = context
				.getBean(ConcurrentKafkaListenerContainerFactory.class);
			assertThat(factory.getRecordInterceptor()).isNotInstanceOf(TracingRecordInterceptor.class);
		}
	}

	@Test
	void oursTracesIfTheirsIsSwitchedOff() throws Exception {
		String topic = KafkaBroker.newTopic("ours");
		try (ConfigurableApplicationContext context = start(topic, "--otel.instrumentation.kafka.enabled=false")) {
			exchange(context, topic);
			assertThat(context.getBean(StartupLine.class).text())
				.contains("1 producer factory, 1 consumer factory, 1 listener container factory");
			assertOneOfEach(context, "io.tracing");
		}
	}

	private static ConfigurableApplicationContext start(String topic, String... arguments) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("topic=" + topic, "spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=" + topic,
					"otel.traces.exporter=none", "otel.metrics.exporter=none", "otel.logs.exporter=none",
					"management.otlp.metrics.export.enabled=false")
			.run(arguments);
	}

	@SuppressWarnings("unchecked")
	private static void exchange(ConfigurableApplicationContext context, String topic) throws Exception {
		context.getBean(KafkaTemplate.class).send(topic, "a book").get(10, TimeUnit.SECONDS);
		assertThat(context.getBean(Application.class).received.get(20, TimeUnit.SECONDS)).isEqualTo("a book");
	}

	private static void assertOneOfEach(ConfigurableApplicationContext context, String scope) {
		Spans spans = context.getBean(Application.class).spans;
		SpanData send = spans.await(SpanKind.PRODUCER);
		SpanData process = spans.await(SpanKind.CONSUMER);
		spans.awaitNoneOpen();
		assertThat(spans.ended()).filteredOn((span) -> span.getKind() != SpanKind.INTERNAL)
			.containsExactlyInAnyOrder(send, process);
		assertThat(send.getInstrumentationScopeInfo().getName()).startsWith(scope);
		assertThat(process.getInstrumentationScopeInfo().getName()).startsWith(scope);
		assertThat(process.getTraceId()).isEqualTo(send.getTraceId());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final Spans spans = new Spans();

		private final CompletableFuture<String> received = new CompletableFuture<>();

		@Bean
		AutoConfigurationCustomizerProvider spansOfTheirSdk() {
			return (customizer) -> customizer
				.addTracerProviderCustomizer((tracers, configuration) -> tracers.addSpanProcessor(this.spans));
		}

		@KafkaListener(topics = "${topic}")
		void process(String value) {
			this.received.complete(value);
		}

	}

}
