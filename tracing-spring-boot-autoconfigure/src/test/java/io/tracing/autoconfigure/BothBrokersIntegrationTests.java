// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.nats.NatsTracing;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.NatsServer;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kafka and NATS in one application: one trace through both, and metrics that a registry
 * can keep under the same names.
 */
class BothBrokersIntegrationTests {

	private static final List<String> METRICS = List.of(MessagingMetrics.CLIENT_OPERATION_DURATION,
			MessagingMetrics.PROCESS_DURATION, MessagingMetrics.CLIENT_SENT_MESSAGES,
			MessagingMetrics.CLIENT_CONSUMED_MESSAGES, MessagingMetrics.TIME_IN_QUEUE, MessagingMetrics.CLOCK_SKEW);

	private final String name = KafkaBroker.newTopic("both");

	@Test
	void messageCrossesBothInOneTrace() throws Exception {
		try (ConfigurableApplicationContext context = start(SimpleMeterRegistry.class)) {
			send(context);
			Spans spans = context.getBean(Spans.class);
			SpanData send = spans.await("send " + this.name);
			SpanData listen = spans.await("process " + this.name);
			SpanData publish = spans.await("publish " + this.name + ".shipments");
			SpanData handle = spans.await("process " + this.name + ".*");
			assertThat(List.of(send, listen, publish, handle)).extracting(SpanData::getTraceId)
				.containsOnly(send.getTraceId());
			assertThat(publish.getParentSpanId()).isEqualTo(listen.getSpanId());
			assertThat(handle.getParentSpanId()).isEqualTo(publish.getSpanId());
		}
	}

	@Test
	void metersOfOneNameHaveTheSameTagKeysForBothBrokers() throws Exception {
		try (ConfigurableApplicationContext context = start(SimpleMeterRegistry.class)) {
			useEverything(context);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Map<String, Set<Set<String>>> keys = registry.getMeters()
				.stream()
				.filter((meter) -> METRICS.contains(meter.getId().getName()))
				.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
						Collectors.mapping(BothBrokersIntegrationTests::tagKeys, Collectors.toSet())));
			assertThat(keys.keySet()).containsExactlyInAnyOrderElementsOf(METRICS);
			assertThat(keys).allSatisfy((metric, sets) -> assertThat(sets).as(metric).hasSize(1));
			assertThat(keys.get(MessagingMetrics.PROCESS_DURATION))
				.containsExactly(Set.of("messaging.system", "messaging.operation.name", "messaging.destination.name",
						"messaging.destination.template", "messaging.destination.subscription.name",
						"messaging.consumer.group.name", "server.address", "server.port", "error.type"));
			for (String system : List.of("kafka", "nats")) {
				assertThat(METRICS)
					.allSatisfy((metric) -> assertThat(registry.find(metric).tag("messaging.system", system).meters())
						.as(metric + " of " + system)
						.isNotEmpty());
			}
		}
	}

	@Test
	void prometheusKeepsThemAll() throws Exception {
		try (ConfigurableApplicationContext context = start(Prometheus.class)) {
			PrometheusMeterRegistry registry = context.getBean(PrometheusMeterRegistry.class);
			Set<String> refused = new HashSet<>();
			registry.config().onMeterRegistrationFailed((id, reason) -> refused.add(id + ": " + reason));
			useEverything(context);
			assertThat(refused).filteredOn((meter) -> meter.contains("messaging")).isEmpty();
			String scraped = registry.scrape();
			for (String metric : METRICS) {
				for (String system : List.of("kafka", "nats")) {
					assertThat(scraped.lines()).anyMatch((line) -> line.startsWith(metric.replace('.', '_'))
							&& line.contains("messaging_system=\"" + system + "\""));
				}
			}
		}
	}

	/**
	 * Each kind of operation that has metrics.
	 */
	private void useEverything(ConfigurableApplicationContext context) throws Exception {
		assertThat(context.getBean(MessagingMetrics.class)).isInstanceOf(MicrometerMessagingMetrics.class);
		send(context);
		Connection connection = context.getBean(Connection.class);
		connection.publish(this.name + ".untouched", NatsContexts.BODY);
		assertThat(connection.request(this.name + ".question", NatsContexts.BODY, Duration.ofSeconds(10))).isNotNull();
		String stream = NatsServer.newName("stream");
		connection.jetStreamManagement()
			.addStream(StreamConfiguration.builder()
				.name(stream)
				.subjects(stream + ".*")
				.storageType(StorageType.Memory)
				.build());
		JetStream jetStream = connection.jetStream();
		jetStream.publish(stream + ".orders", NatsContexts.BODY);
		JetStreamSubscription subscription = jetStream.subscribe(stream + ".*",
				PullSubscribeOptions.builder().durable("billing").build());
		for (Message message : subscription.fetch(1, Duration.ofSeconds(10))) {
			context.getBean(NatsTracing.class).process(message, Message::ack);
		}
		connection.keyValueManagement()
			.create(KeyValueConfiguration.builder().name(stream).storageType(StorageType.Memory).build());
		KeyValue bucket = connection.keyValue(stream);
		bucket.put("ada", NatsContexts.BODY);
		bucket.get("ada");
		Spans spans = context.getBean(Spans.class);
		spans.await("process " + this.name + ".*", 3);
		spans.await("ack " + stream + ".*");
		spans.awaitNoneOpen();
		MeterRegistry registry = context.getBean(MeterRegistry.class);
		await().until(() -> registry.find(MessagingMetrics.PROCESS_DURATION)
			.tag("messaging.system", "kafka")
			.meters()
			.stream()
			.anyMatch((meter) -> meter.measure().iterator().next().getValue() > 0));
	}

	@SuppressWarnings("unchecked")
	private void send(ConfigurableApplicationContext context) throws Exception {
		context.getBean(KafkaTemplate.class).send(this.name, "an order").get(10, TimeUnit.SECONDS);
		context.getBean(Application.class).handled.get(20, TimeUnit.SECONDS);
	}

	private ConfigurableApplicationContext start(Class<?> registry) {
		return new SpringApplicationBuilder(Application.class, Nats.class, registry).web(WebApplicationType.NONE)
			.properties("name=" + this.name, "spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=" + this.name,
					"management.tracing.sampling.probability=1", "management.otlp.metrics.export.enabled=false",
					"management.prometheus.metrics.export.enabled=false")
			.run();
	}

	private static Set<String> tagKeys(Meter meter) {
		return meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
	}

	@Configuration(proxyBeanMethods = false)
	static class Nats {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		Connection connection() {
			return NatsContexts.connect();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prometheus {

		@Bean
		PrometheusMeterRegistry registry() {
			return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final CompletableFuture<Message> handled = new CompletableFuture<>();

		private final Connection connection;

		Application(Connection connection) {
			this.connection = connection;
		}

		@Bean
		Dispatcher shipping(@Value("${name}") String name) {
			return this.connection.createDispatcher((message) -> {
				if (message.getReplyTo() != null) {
					this.connection.publish(message.getReplyTo(), message.getData());
				}
				this.handled.complete(message);
			}).subscribe(name + ".*");
		}

		// From Kafka to NATS.
		@KafkaListener(topics = "${name}")
		void process(String order, @Header(KafkaHeaders.RECEIVED_TOPIC) String topic) {
			this.connection.publish(topic + ".shipments", order.getBytes(StandardCharsets.UTF_8));
		}

	}

}
