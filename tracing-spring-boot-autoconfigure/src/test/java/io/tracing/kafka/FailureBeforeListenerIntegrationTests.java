// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
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
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultAfterRollbackProcessor;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records that never come as far as the method: each attempt is an error in the
 * producer's trace, and the dead letter is in it.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FailureBeforeListenerIntegrationTests {

	private final String unreadable = KafkaBroker.newTopic("unreadable");

	private final String unreadableInTransaction = KafkaBroker.newTopic("unreadable-tx");

	private final String unconvertible = KafkaBroker.newTopic("unconvertible");

	private ConfigurableApplicationContext context;

	private Spans spans;

	@BeforeAll
	void start() {
		KafkaBroker.createTopics(this.unreadable + "-dlt", this.unreadableInTransaction + "-dlt",
				this.unconvertible + "-dlt");
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"--spring.kafka.consumer.auto-offset-reset=earliest",
					"--spring.kafka.consumer.value-deserializer="
							+ "org.springframework.kafka.support.serializer.ErrorHandlingDeserializer",
					"--spring.kafka.consumer.properties.spring.deserializer.value.delegate.class="
							+ "org.apache.kafka.common.serialization.IntegerDeserializer",
					"--spring.kafka.producer.value-serializer=io.tracing.testing.AnySerializer",
					"--management.tracing.sampling.probability=1", "--management.otlp.metrics.export.enabled=false",
					"--unreadable=" + this.unreadable, "--unreadableInTransaction=" + this.unreadableInTransaction,
					"--unconvertible=" + this.unconvertible);
		this.spans = this.context.getBean(Spans.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
		assertThat(Listeners.CALLS).isEmpty();
	}

	@Test
	void recordThatCannotBeReadFailsOnEachAttempt() throws Exception {
		send(this.unreadable, "no number");
		assertAttempts(this.unreadable, DeserializationException.class.getName(), 3);
	}

	@Test
	void recordThatCannotBeReadFailsInATransactionOnEachAttempt() throws Exception {
		send(this.unreadableInTransaction, "no number");
		assertAttempts(this.unreadableInTransaction, DeserializationException.class.getName(), 3);
	}

	@Test
	void recordThatCannotBeConvertedFailsOnEachAttempt() throws Exception {
		send(this.unconvertible, new byte[] { 0, 0, 0, 42 });
		assertAttempts(this.unconvertible, MessageConversionException.class.getName(), 3);
	}

	private void assertAttempts(String topic, String errorType, int count) {
		SpanData deadLetter = this.spans.await("send " + topic + "-dlt");
		SpanData send = this.spans.await("send " + topic);
		List<SpanData> attempts = this.spans.await("process " + topic, count);
		assertThat(attempts).extracting(SpanData::getParentSpanId).containsOnly(send.getSpanId());
		assertThat(attempts).extracting((span) -> span.getStatus().getStatusCode()).containsOnly(StatusCode.ERROR);
		assertThat(attempts).extracting((span) -> span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
			.containsOnly(errorType);
		assertThat(deadLetter.getParentSpanId()).isEqualTo(attempts.get(count - 1).getSpanId());
	}

	@SuppressWarnings("unchecked")
	private void send(String topic, Object value) throws Exception {
		this.context.getBean("kafkaTemplate", KafkaTemplate.class)
			.send(new ProducerRecord<>(topic, value))
			.get(10, TimeUnit.SECONDS);
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
		DefaultErrorHandler errorHandler(KafkaTemplate<?, ?> kafkaTemplate) {
			DefaultErrorHandler handler = new DefaultErrorHandler(new DeadLetterPublishingRecoverer(kafkaTemplate),
					new FixedBackOff(0, 2));
			// Fatal otherwise: recovered without a second attempt.
			handler.addRetryableExceptions(DeserializationException.class, MessageConversionException.class);
			return handler;
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> transactional(ConsumerFactory<Object, Object> consumers,
				DefaultKafkaProducerFactory<Object, Object> producers, KafkaTemplate<Object, Object> kafkaTemplate) {
			DefaultKafkaProducerFactory<Object, Object> transactions = new DefaultKafkaProducerFactory<>(
					producers.getConfigurationProperties());
			transactions.setTransactionIdPrefix("unreadable-");
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.getContainerProperties()
				.setKafkaAwareTransactionManager(new KafkaTransactionManager<>(transactions));
			DefaultAfterRollbackProcessor<Object, Object> processor = new DefaultAfterRollbackProcessor<>(
					new DeadLetterPublishingRecoverer(kafkaTemplate), new FixedBackOff(0, 2));
			processor.addRetryableExceptions(DeserializationException.class);
			factory.setAfterRollbackProcessor(processor);
			return factory;
		}

	}

	static class Listeners {

		private static final List<String> CALLS = new CopyOnWriteArrayList<>();

		@KafkaListener(id = "unreadable", topics = "${unreadable}")
		void unreadable(Integer value) {
			CALLS.add("unreadable " + Span.current());
		}

		@KafkaListener(id = "unreadableInTransaction", topics = "${unreadableInTransaction}",
				containerFactory = "transactional")
		void unreadableInTransaction(Integer value) {
			CALLS.add("unreadableInTransaction " + Span.current());
		}

		@KafkaListener(id = "unconvertible", topics = "${unconvertible}")
		void unconvertible(Thread value) {
			CALLS.add("unconvertible " + Span.current());
		}

	}

}
