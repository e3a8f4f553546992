// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.CompositeRecordInterceptor;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.support.ProducerListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that uses everything Spring Kafka lets it plug in, and notes each call.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ComposedApplication {

	static final List<String> CALLS = new CopyOnWriteArrayList<>();

	/**
	 * What the log says between two polls; apart, as an idle container polls on and on.
	 */
	static final List<String> TRACES_AT_POLL = new CopyOnWriteArrayList<>();

	final List<String> customized = new CopyOnWriteArrayList<>();

	final List<ProducerFactory<?, ?>> factories = new CopyOnWriteArrayList<>();

	@Bean
	Spans spans() {
		return new Spans();
	}

	@Bean
	Listeners listeners() {
		return new Listeners();
	}

	@Bean
	RecordInterceptor<Object, Object> interceptor() {
		return new NamedInterceptor("1");
	}

	@Bean
	ProducerListener<Object, Object> listener() {
		return new ProducerListener<>() {

			@Override
			public void onSuccess(ProducerRecord<Object, Object> record, @Nullable RecordMetadata metadata) {
				CALLS.add("onSuccess");
			}

		};
	}

	@Bean
	static BeanPostProcessor templateInterceptor() {
		return new BeanPostProcessor() {

			@Override
			@SuppressWarnings("unchecked")
			public Object postProcessAfterInitialization(Object bean, String name) {
				if (name.equals("kafkaTemplate")) {
					((KafkaTemplate<Object, Object>) bean)
						.setProducerInterceptor(new WireInterceptor("of the template"));
				}
				return bean;
			}

		};
	}

	@Bean
	DefaultKafkaProducerFactoryCustomizer customizer() {
		return (factory) -> this.factories.add(factory);
	}

	@Bean
	ContainerCustomizer<Object, Object, ConcurrentMessageListenerContainer<Object, Object>> containerCustomizer() {
		return (container) -> this.customized.add(String.valueOf(container.getListenerId()));
	}

	// No candidates: for those, Boot would keep its own factory and template back.
	@Bean(defaultCandidate = false)
	ProducerFactory<Object, Object> myProducers() {
		return new DefaultKafkaProducerFactory<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
				KafkaBroker.bootstrapServers(), ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
				ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class));
	}

	@Bean(defaultCandidate = false)
	KafkaTemplate<Object, Object> myTemplate(@Qualifier("myProducers") ProducerFactory<Object, Object> myProducers) {
		return new KafkaTemplate<>(myProducers);
	}

	@Bean
	ConcurrentKafkaListenerContainerFactory<Object, Object> myFactory() {
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
		factory.setConsumerFactory(consumers("mine"));
		factory.setRecordInterceptor(
				new CompositeRecordInterceptor<>(new NamedInterceptor("2"), new NamedInterceptor("3")));
		return factory;
	}

	@Bean
	ConcurrentKafkaListenerContainerFactory<Object, Object> leakFactory() {
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
		factory.setConsumerFactory(consumers("leaking"));
		factory.getContainerProperties().setIdleEventInterval(100L);
		factory.setRecordInterceptor(new Leak());
		return factory;
	}

	@Bean
	KafkaMessageListenerContainer<Object, Object> containerBean(Environment environment) {
		return new KafkaMessageListenerContainer<>(consumers("bean"), properties(environment, "bean"));
	}

	@Bean
	ConcurrentMessageListenerContainer<Object, Object> concurrentContainerBean(Environment environment) {
		return new ConcurrentMessageListenerContainer<>(consumers("concurrent"), properties(environment, "concurrent"));
	}

	private static ContainerProperties properties(Environment environment, String name) {
		ContainerProperties properties = new ContainerProperties(environment.getRequiredProperty(name));
		properties.setMessageListener((MessageListener<Object, Object>) (record) -> CALLS.add("listener of " + name));
		return properties;
	}

	private static DefaultKafkaConsumerFactory<Object, Object> consumers(String group) {
		return new DefaultKafkaConsumerFactory<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
				KafkaBroker.bootstrapServers(), ConsumerConfig.GROUP_ID_CONFIG, group,
				ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest", ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
				StringDeserializer.class, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class));
	}

	static class Listeners {

		@KafkaListener(topics = "${first}")
		void first(String value) {
			CALLS.add("listener of first");
		}

		@KafkaListener(topics = "${second}", containerFactory = "myFactory")
		void second(String value) {
			CALLS.add("listener of second");
		}

		@KafkaListener(topics = "${leak}", containerFactory = "leakFactory")
		void leak(String value) {
			CALLS.add("trace in the log " + MDC.get("traceId"));
			Leak.SCOPES.add(Context.current().with(ContextKey.named("leaked"), value).makeCurrent());
		}

	}

	/** Notes its calls, all of which are made inside the process span. */
	private record NamedInterceptor(String name) implements RecordInterceptor<Object, Object> {

		@Override
		public ConsumerRecord<Object, Object> intercept(ConsumerRecord<Object, Object> record,
				Consumer<Object, Object> consumer) {
			note("intercept ");
			return record;
		}

		@Override
		public void success(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
			note("success ");
		}

		@Override
		public void afterRecord(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
			note("afterRecord ");
		}

		private void note(String call) {
			assertThat(Span.current().getSpanContext().isValid()).isTrue();
			CALLS.add(call + this.name);
		}

	}

	/** Looks at the log's trace id between two polls. */
	private static final class Leak implements RecordInterceptor<Object, Object> {

		private static final List<Scope> SCOPES = new CopyOnWriteArrayList<>();

		@Override
		public ConsumerRecord<Object, Object> intercept(ConsumerRecord<Object, Object> record,
				Consumer<Object, Object> consumer) {
			return record;
		}

		@Override
		public void setupThreadState(Consumer<?, ?> consumer) {
			if (!SCOPES.isEmpty()) {
				TRACES_AT_POLL.add(String.valueOf(MDC.get("traceId")));
			}
		}

	}

	/** Notes what is sent and acknowledged; made by Kafka or by the application. */
	public static final class WireInterceptor implements ProducerInterceptor<Object, Object> {

		private final String name;

		public WireInterceptor() {
			this("of the wire");
		}

		private WireInterceptor(String name) {
			this.name = name;
		}

		@Override
		public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> record) {
			CALLS.add("onSend " + this.name);
			return record;
		}

		@Override
		public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
			CALLS.add("onAcknowledgement " + this.name);
		}

		@Override
		public void close() {
		}

		@Override
		public void configure(Map<String, ?> configuration) {
		}

	}

}
