// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.Map;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.tracing.kafka.KafkaTracing;
import io.tracing.kafka.TracingBatchInterceptor;
import io.tracing.kafka.TracingProducerListener;
import io.tracing.kafka.TracingRecordInterceptor;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.SpanTemplate;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.support.ProducerListener;

/**
 * What users define by themselves, and what must then be left to them.
 */
final class UserConfigurations {

	private UserConfigurations() {
	}

	@Configuration(proxyBeanMethods = false)
	static class UserKafka {

		@Bean
		DefaultKafkaProducerFactory<Object, Object> myProducers() {
			return new DefaultKafkaProducerFactory<>(Map.of());
		}

		@Bean
		ProducerFactory<Object, Object> mockProducers() {
			return new MockProducerFactory();
		}

		@Bean
		KafkaTemplate<Object, Object> myTemplate() {
			return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of()));
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> myFactory() {
			return new ConcurrentKafkaListenerContainerFactory<>();
		}

		@Bean
		KafkaMessageListenerContainer<Object, Object> myContainer() {
			ContainerProperties properties = new ContainerProperties("orders");
			properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
			});
			properties.setGroupId("billing");
			KafkaMessageListenerContainer<Object, Object> container = new KafkaMessageListenerContainer<>(
					new DefaultKafkaConsumerFactory<>(Map.of()), properties);
			container.setAutoStartup(false);
			return container;
		}

	}

	/** A factory as applications write them for their tests. */
	static final class MockProducerFactory implements ProducerFactory<Object, Object> {

		@Override
		public Producer<Object, Object> createProducer() {
			return new MockProducer<>();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserBeans {

		@Bean
		Tracer myTracer() {
			return OpenTelemetry.noop().getTracer("mine");
		}

		@Bean
		Faults myFaults() {
			return new Faults(Duration.ZERO);
		}

		@Bean
		SpanTemplate mySpans(Tracer tracer, Faults faults) {
			return new SpanTemplate(tracer, faults);
		}

		@Bean
		MessagingTracing myMessaging() {
			return MessagingTracing.create(OpenTelemetry.noop());
		}

		@Bean
		MessagingMetrics myMetrics() {
			return MessagingMetrics.NONE;
		}

		@Bean
		KafkaTracing myKafka(MessagingTracing messaging) {
			return KafkaTracing.builder(messaging).build();
		}

		@Bean(defaultCandidate = false)
		TracingRecordInterceptor<Object, Object> myInterceptor(KafkaTracing kafka) {
			return new TracingRecordInterceptor<>(kafka);
		}

		@Bean(defaultCandidate = false)
		TracingBatchInterceptor<Object, Object> myBatchInterceptor(KafkaTracing kafka) {
			return new TracingBatchInterceptor<>(kafka);
		}

		@Bean(defaultCandidate = false)
		TracingProducerListener myListener(MessagingTracing messaging) {
			return new TracingProducerListener(messaging);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserInterceptor {

		@Bean
		RecordInterceptor<Object, Object> userInterceptor() {
			return (record, consumer) -> record;
		}

		@Bean
		ProducerListener<Object, Object> userProducerListener() {
			return new ProducerListener<>() {
			};
		}

	}

}
