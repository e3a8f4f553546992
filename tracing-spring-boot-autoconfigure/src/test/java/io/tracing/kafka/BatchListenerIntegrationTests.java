// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.messaging.Message;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every signature of a batch {@code @KafkaListener}, in an application that has a batch
 * interceptor of its own, by nothing but auto-configuration.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BatchListenerIntegrationTests {

	private static final List<String> CALLS = new CopyOnWriteArrayList<>();

	private final Map<String, String> topics = Map.of("values", KafkaBroker.newTopic("values"), "messages",
			KafkaBroker.newTopic("messages"), "list", KafkaBroker.newTopic("list"), "records",
			KafkaBroker.newTopic("records"));

	private ConfigurableApplicationContext context;

	private Spans spans;

	@BeforeAll
	void start() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.kafka.consumer.group-id=batches",
					"--spring.kafka.listener.type=batch", "--tracing.kafka.consumer.record-spans-in-batch=true",
					"--management.tracing.sampling.probability=1", "--management.otlp.metrics.export.enabled=false",
					"--values=" + this.topics.get("values"), "--messages=" + this.topics.get("messages"),
					"--list=" + this.topics.get("list"), "--records=" + this.topics.get("records"));
		this.spans = this.context.getBean(Spans.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@ParameterizedTest
	@ValueSource(strings = { "values", "messages", "list", "records" })
	@SuppressWarnings("unchecked")
	void batchIsTracedWhateverTheListenerTakes(String kind) throws Exception {
		String topic = this.topics.get(kind);
		CALLS.clear();
		this.context.getBean(KafkaTemplate.class).send(topic, kind).get(10, TimeUnit.SECONDS);
		SpanData send = this.spans.await("send " + topic);
		List<SpanData> processed = this.spans.await("process " + topic, 2);
		SpanData batch = processed.stream()
			.filter((span) -> span.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT) != null)
			.findFirst()
			.orElseThrow();
		assertThat(batch.getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(send.getSpanId()));
		assertThat(processed).filteredOn((span) -> span != batch)
			.singleElement()
			.satisfies((record) -> assertThat(record.getParentSpanId()).isEqualTo(send.getSpanId()));
		assertThat(CALLS).containsExactly("intercept in " + batch.getSpanId(), kind + " in " + batch.getSpanId(),
				"success in " + batch.getSpanId());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		BatchInterceptor<Object, Object> interceptor() {
			return new BatchInterceptor<>() {

				@Override
				public ConsumerRecords<Object, Object> intercept(ConsumerRecords<Object, Object> records,
						Consumer<Object, Object> consumer) {
					note("intercept");
					return records;
				}

				@Override
				public void success(ConsumerRecords<Object, Object> records, Consumer<Object, Object> consumer) {
					note("success");
				}

			};
		}

		@KafkaListener(topics = "${values}")
		void values(List<String> values) {
			values.forEach(Application::note);
		}

		@KafkaListener(topics = "${messages}")
		void messages(List<Message<String>> messages) {
			messages.forEach((message) -> note(message.getPayload()));
		}

		@KafkaListener(topics = "${list}")
		void list(List<ConsumerRecord<String, String>> records) {
			records.forEach((record) -> note(record.value()));
		}

		@KafkaListener(topics = "${records}")
		void records(ConsumerRecords<String, String> records) {
			records.forEach((record) -> note(record.value()));
		}

		private static void note(String what) {
			CALLS.add(what + " in " + Span.current().getSpanContext().getSpanId());
		}

	}

}
