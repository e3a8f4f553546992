// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ShareKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultShareConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ShareConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.ShareAckMode;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;
import org.springframework.kafka.support.ShareAcknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Listeners of share groups as applications have them: by annotation, and as beans.
 */
class ShareListenerApplicationIntegrationTests {

	private static final AttributeKey<String> TYPE = AttributeKey.stringKey("messaging.kafka.share.acknowledge_type");

	@Test
	void annotatedListenersAndContainerBeansAreTraced() {
		String topic = KafkaBroker.newTopic("queue");
		try (ConfigurableApplicationContext context = start(topic)) {
			Spans spans = context.getBean(Spans.class);
			assertThat(context.getBean(StartupLine.class).text()).contains("2 share listener container factories")
				.contains("1 share listener container");
			send(context, topic, "sold out");
			SpanData send = spans.await("send " + topic);
			// One for each of the three groups.
			List<SpanData> processes = spans.await("process " + topic, 3);
			assertThat(processes).extracting(SpanData::getParentSpanId).containsOnly(send.getSpanId());
			SpanData explicit = ofGroup(processes, topic + "-explicit");
			assertThat(explicit.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(explicit.getAttributes().get(AttributeKey.stringKey("error.type")))
				.isEqualTo(UnsupportedOperationException.class.getName());
			assertThat(explicit.getAttributes().get(TYPE)).isEqualTo("accept");
			assertThat(explicit.getAttributes().get(AttributeKey.stringKey("messaging.client.id"))).isNotBlank();
			assertThat(explicit.getAttributes().get(AttributeKey.longKey("server.port"))).isNotNull();
			assertThat(spans.await("send " + topic + "-dead").getParentSpanId()).isEqualTo(explicit.getSpanId());
			SpanData manual = ofGroup(processes, topic + "-manual");
			assertThat(manual.getAttributes().get(TYPE)).isEqualTo("reject");
			assertThat(manual.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
			assertThat(ofGroup(processes, topic + "-bean").getAttributes().get(TYPE)).isEqualTo("accept");
			spans.awaitNoneOpen();
		}
	}

	@Test
	void excludedListenerHasNoSpan() {
		String topic = KafkaBroker.newTopic("queue");
		try (ConfigurableApplicationContext context = start(topic, "--tracing.kafka.exclude-listeners=queue-*")) {
			send(context, topic, "a book");
			await().until(() -> context.getBean(Listeners.class).received.size() == 3);
			assertThat(context.getBean(Spans.class).await("process " + topic, 2))
				.extracting((span) -> span.getAttributes().get(AttributeKey.stringKey("messaging.consumer.group.name")))
				.containsExactlyInAnyOrder(topic + "-manual", topic + "-bean");
		}
	}

	@Test
	void nothingIsWrappedWhereTracingIsOff() {
		String topic = KafkaBroker.newTopic("queue");
		try (ConfigurableApplicationContext context = start(topic, "--tracing.kafka.enabled=false")) {
			send(context, topic, "a book");
			await().until(() -> context.getBean(Listeners.class).received.size() == 3);
			context.getBeansOfType(ShareKafkaListenerContainerFactory.class)
				.values()
				.forEach((factory) -> assertThat(factory.getContainerProperties().getAdviceChain()).isEmpty());
			assertThat(
					context.getBean(ShareKafkaMessageListenerContainer.class).getContainerProperties().getAdviceChain())
				.isEmpty();
			assertThat(context.getBean(Spans.class).ended()).isEmpty();
		}
	}

	private static ConfigurableApplicationContext start(String topic, String... properties) {
		for (String listener : List.of("explicit", "manual", "bean")) {
			KafkaBroker.shareFromTheBeginning(topic + "-" + listener);
		}
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Map.of("topic", topic, "spring.kafka.bootstrap-servers", KafkaBroker.bootstrapServers(),
					"management.tracing.sampling.probability", "1", "management.otlp.metrics.export.enabled", "false"))
			.run(properties);
	}

	@SuppressWarnings("unchecked")
	private static void send(ConfigurableApplicationContext context, String topic, String value) {
		context.getBean(KafkaTemplate.class).send(topic, value).join();
	}

	private static SpanData ofGroup(List<SpanData> spans, String group) {
		return spans.stream()
			.filter((span) -> group
				.equals(span.getAttributes().get(AttributeKey.stringKey("messaging.consumer.group.name"))))
			.findFirst()
			.orElseThrow();
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
		ShareConsumerFactory<String, String> shareConsumers() {
			return new DefaultShareConsumerFactory<>(
					Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
							ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
							ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class));
		}

		@Bean
		ShareKafkaListenerContainerFactory<String, String> explicitQueues(
				ShareConsumerFactory<String, String> shareConsumers, KafkaTemplate<Object, Object> template) {
			ShareKafkaListenerContainerFactory<String, String> factory = new ShareKafkaListenerContainerFactory<>(
					shareConsumers);
			factory.setConcurrency(2);
			factory.setShareConsumerRecordRecoverer((record, exception) -> {
				template.send(record.topic() + "-dead", record.value());
				return AcknowledgeType.ACCEPT;
			});
			return factory;
		}

		@Bean
		ShareKafkaListenerContainerFactory<String, String> manualQueues(
				ShareConsumerFactory<String, String> shareConsumers) {
			ShareKafkaListenerContainerFactory<String, String> factory = new ShareKafkaListenerContainerFactory<>(
					shareConsumers);
			factory.getContainerProperties().setShareAckMode(ShareAckMode.MANUAL);
			return factory;
		}

		@Bean
		ShareKafkaMessageListenerContainer<String, String> queue(ShareConsumerFactory<String, String> shareConsumers,
				Listeners listeners, @Value("${topic}") String topic) {
			ContainerProperties properties = new ContainerProperties(topic);
			properties.setGroupId(topic + "-bean");
			properties.setMessageListener(
					(MessageListener<String, String>) (record) -> listeners.received.add(record.value()));
			return new ShareKafkaMessageListenerContainer<>(shareConsumers, properties);
		}

	}

	static class Listeners {

		private final List<String> received = new CopyOnWriteArrayList<>();

		@KafkaListener(id = "queue-explicit", topics = "${topic}", groupId = "${topic}-explicit",
				containerFactory = "explicitQueues")
		void explicit(String value) {
			this.received.add(value);
			if (value.equals("sold out")) {
				throw new UnsupportedOperationException(value);
			}
		}

		@KafkaListener(topics = "${topic}", groupId = "${topic}-manual", containerFactory = "manualQueues")
		void manual(String value, ShareAcknowledgment acknowledgment) {
			this.received.add(value);
			acknowledgment.reject();
		}

	}

}
