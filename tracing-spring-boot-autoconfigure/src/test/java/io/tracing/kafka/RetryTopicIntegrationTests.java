// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A record that fails again and again, from its topic to the dead letter topic: one trace
 * that tells the attempts apart, and no error that is none.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RetryTopicIntegrationTests {

	private final String retried = KafkaBroker.newTopic("retried");

	private final String asyncRetried = KafkaBroker.newTopic("async-retried");

	private final String blocking = KafkaBroker.newTopic("blocking");

	private ConfigurableApplicationContext context;

	private Spans spans;

	@BeforeAll
	void start() {
		KafkaBroker.createTopics(this.blocking + "-dlt");
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"--spring.kafka.consumer.auto-offset-reset=earliest", "--management.tracing.sampling.probability=1",
					"--management.otlp.metrics.export.enabled=false", "--retried=" + this.retried,
					"--asyncRetried=" + this.asyncRetried, "--blocking=" + this.blocking);
		this.spans = this.context.getBean(Spans.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@Test
	void retryTopicsAreOneTraceInWhichEachAttemptIsCounted() throws Exception {
		assertOneTrace(this.retried);
	}

	@Test
	void retryTopicsOfAnAsynchronousListenerAreOneTraceAsWell() throws Exception {
		assertOneTrace(this.asyncRetried);
	}

	private void assertOneTrace(String topic) throws Exception {
		send(topic);
		SpanData deadLetter = this.spans.await("process " + topic + "-dlt");
		SpanData first = this.spans.await("process " + topic);
		List<SpanData> failed = new ArrayList<>(List.of(first));
		// Two, however often they came before their time.
		failed.addAll(this.spans.await("process " + topic + "-retry", 2));
		assertThat(failed).extracting(SpanData::getTraceId).containsOnly(deadLetter.getTraceId());
		assertThat(failed).extracting((span) -> span.getAttributes().get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT))
			.as("the first topic has no header that tells")
			.containsExactly(null, 2L, 3L);
		assertThat(failed).extracting((span) -> span.getAttributes().get(MessagingAttributes.KAFKA_ORIGINAL_TOPIC))
			.containsExactly(null, topic, topic);
		assertThat(failed).extracting((span) -> span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
			.containsOnly(OutOfStock.class.getName());
		assertThat(failed).extracting(SpanData::getStatus)
			.containsOnly(StatusData.create(StatusCode.ERROR, "no books left"));
		assertThat(deadLetter.getStatus()).isEqualTo(StatusData.unset());
		assertThat(deadLetter.getAttributes().get(MessagingAttributes.KAFKA_ORIGINAL_TOPIC)).isEqualTo(topic);
		// Each hop is sent by the attempt before.
		List<SpanData> hops = new ArrayList<>(failed);
		hops.add(deadLetter);
		for (int i = 1; i < hops.size(); i++) {
			SpanData send = this.spans.awaitSpan(hops.get(i).getParentSpanId());
			assertThat(send.getParentSpanId()).isEqualTo(hops.get(i - 1).getSpanId());
		}
	}

	@Test
	void deliveriesOfOneTopicAreCountedAndTheDeadLetterStartsAnew() throws Exception {
		send(this.blocking);
		SpanData deadLetter = this.spans.await("process " + this.blocking + "-dlt");
		assertThat(this.spans.await("process " + this.blocking, 3))
			.extracting((span) -> span.getAttributes().get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT))
			.containsExactly(1L, 2L, 3L);
		assertThat(deadLetter.getAttributes().get(MessagingAttributes.KAFKA_ORIGINAL_TOPIC)).isEqualTo(this.blocking);
		assertThat(deadLetter.getAttributes().get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT))
			.as("its header was copied")
			.isNull();
	}

	@SuppressWarnings("unchecked")
	private void send(String topic) throws Exception {
		this.context.getBean(KafkaTemplate.class).send(new ProducerRecord<>(topic, "a book")).get(10, TimeUnit.SECONDS);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		Listeners listeners() {
			return new Listeners();
		}

		@Bean
		TaskScheduler scheduler() {
			return new ThreadPoolTaskScheduler();
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> blockingFactory(
				ConsumerFactory<Object, Object> consumers, KafkaTemplate<?, ?> template) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.getContainerProperties().setDeliveryAttemptHeader(true);
			factory.setCommonErrorHandler(
					new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 2)));
			return factory;
		}

	}

	static class Listeners {

		@RetryableTopic(attempts = "3", backOff = @BackOff(delay = 300))
		@KafkaListener(id = "retried", topics = "${retried}")
		void retried(String value) {
			throw new OutOfStock("no books left");
		}

		@RetryableTopic(attempts = "3", backOff = @BackOff(delay = 300))
		@KafkaListener(id = "asyncRetried", topics = "${asyncRetried}")
		CompletableFuture<Void> asyncRetried(String value) {
			return CompletableFuture.runAsync(() -> {
				throw new OutOfStock("no books left");
			});
		}

		@DltHandler
		void buried(String value) {
		}

		@KafkaListener(id = "blocking", topics = "${blocking}", containerFactory = "blockingFactory")
		void blocking(String value) {
			throw new OutOfStock("no books left");
		}

		@KafkaListener(id = "blockingBuried", topics = "${blocking}-dlt")
		void blockingBuried(String value) {
		}

	}

	private static final class OutOfStock extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OutOfStock(String message) {
			super(message);
		}

	}

}
