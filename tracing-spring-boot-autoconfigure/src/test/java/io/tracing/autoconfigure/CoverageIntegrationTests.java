// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.kafka.KafkaTracing;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.Producer;
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
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.RoutingKafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every way in which an application comes to a producer or a container: each is traced,
 * and none twice.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CoverageIntegrationTests {

	private static final String OTHER_NAME_OF_THE_SERVER = KafkaBroker.bootstrapServers()
		.replace("localhost", "127.0.0.1");

	private final String topic = KafkaBroker.newTopic("covered");

	private final String routed = KafkaBroker.newTopic("routed");

	private ConfigurableApplicationContext context;

	private Spans spans;

	@BeforeAll
	void start() {
		this.context = start(new SpringApplicationBuilder(Application.class, Templates.class));
		this.spans = this.context.getBean(Spans.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@Test
	void routingTemplateTracesTheFactoriesThatAreNoBeans() throws Exception {
		RoutingKafkaTemplate template = this.context.getBean(RoutingKafkaTemplate.class);
		assertOneSpan(() -> template.send(this.topic, "a book").get(10, TimeUnit.SECONDS), this.topic);
		assertOneSpan(() -> template.send(this.routed, "a book").get(10, TimeUnit.SECONDS), this.routed);
		assertThat(this.context.getBean(StartupLine.class).text()).contains("producer factories")
			.doesNotContain("not '");
	}

	@Test
	void templateWithPropertiesOfItsOwnIsTracedOnce() throws Exception {
		SpanData send = assertOneSpan(() -> template("overriding").send(this.topic, "a book").get(10, TimeUnit.SECONDS),
				this.topic);
		assertThat(send.getAttributes().get(MessagingAttributes.SERVER_ADDRESS)).isEqualTo("127.0.0.1");
	}

	@Test
	void copyThatIsNoBeanIsTracedOnce() throws Exception {
		DefaultKafkaProducerFactory<Object, Object> copy = (DefaultKafkaProducerFactory<Object, Object>) factory()
			.copyWithConfigurationOverride(Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, "copy"));
		assertOneSpan(() -> new KafkaTemplate<>(copy).send(this.topic, "a book").get(10, TimeUnit.SECONDS), this.topic);
		copy.destroy();
	}

	@Test
	void rawProducerThatTheUserWrapsAsWellIsTracedOnce() throws Exception {
		KafkaTracing tracing = this.context.getBean(KafkaTracing.class);
		assertOneSpan(() -> {
			// Between the two is the wrapper of Spring's factory.
			try (Producer<Object, Object> producer = tracing.wrap(factory().createProducer(), Map.of())) {
				producer.send(new ProducerRecord<>(this.topic, "a book")).get(10, TimeUnit.SECONDS);
			}
		}, this.topic);
	}

	@Test
	void factoryThatTheUserInstrumentsAsWellIsTracedOnce() throws Exception {
		this.context.getBean(KafkaTracing.class).instrument(factory());
		assertOneSpan(() -> template("kafkaTemplate").send(this.topic, "a book").get(10, TimeUnit.SECONDS), this.topic);
	}

	@Test
	void lazyApplicationIsTraced() throws Exception {
		String lazyTopic = KafkaBroker.newTopic("lazy");
		try (ConfigurableApplicationContext lazy = start(
				new SpringApplicationBuilder(Application.class, Listener.class),
				"--spring.main.lazy-initialization=true", "--topic=" + lazyTopic)) {
			lazy.getBean(Listener.class);
			lazy.getBean(KafkaListenerEndpointRegistry.class).start();
			assertExchange(lazy, lazy, lazyTopic);
		}
	}

	@Test
	void topicsThatAreNotIncludedOrAreExcludedAreNotTraced() throws Exception {
		String included = KafkaBroker.newTopic("kept");
		String excluded = KafkaBroker.newTopic("kept-out");
		String other = KafkaBroker.newTopic("other");
		try (ConfigurableApplicationContext application = start(
				new SpringApplicationBuilder(Application.class, Listener.class), "--topic=" + included,
				"--tracing.kafka.include=kept*", "--tracing.kafka.exclude=kept-out*")) {
			@SuppressWarnings("unchecked")
			KafkaTemplate<Object, Object> template = application.getBean(KafkaTemplate.class);
			template.send(excluded, "a book").get(10, TimeUnit.SECONDS);
			template.send(other, "a book").get(10, TimeUnit.SECONDS);
			assertExchange(application, application, included);
			assertThat(KafkaBroker.records(excluded, 1).get(0).headers()).isEmpty();
			assertThat(KafkaBroker.records(other, 1).get(0).headers()).isEmpty();
		}
	}

	@Test
	void childContextWithTracingOfItsOwnIsTracedOnce() throws Exception {
		String childTopic = KafkaBroker.newTopic("child");
		try (ConfigurableApplicationContext parent = start(new SpringApplicationBuilder(Application.class));
				ConfigurableApplicationContext child = start(
						new SpringApplicationBuilder(Child.class, Listener.class).parent(parent),
						"--topic=" + childTopic)) {
			assertExchange(parent, child, childTopic);
		}
	}

	private static void assertExchange(ConfigurableApplicationContext parent, ConfigurableApplicationContext child,
			String topic) throws Exception {
		@SuppressWarnings("unchecked")
		KafkaTemplate<Object, Object> template = child.getBean(KafkaTemplate.class);
		template.send(topic, "a book").get(10, TimeUnit.SECONDS);
		Spans spans = parent.getBean(Spans.class);
		SpanData send = spans.await("send " + topic);
		assertThat(spans.await("process " + topic).getParentSpanId()).isEqualTo(send.getSpanId());
		spans.awaitNoneOpen();
		assertThat(spans.ended()).hasSize(2);
	}

	private SpanData assertOneSpan(Sending sending, String topic) throws Exception {
		int before = this.spans.ended().size();
		sending.send();
		this.spans.awaitNoneOpen();
		assertThat(this.spans.ended()).hasSize(before + 1);
		SpanData send = this.spans.ended().get(before);
		assertThat(send.getName()).isEqualTo("send " + topic);
		return send;
	}

	private static ConfigurableApplicationContext start(SpringApplicationBuilder application, String... arguments) {
		return application.web(WebApplicationType.NONE)
			.properties("spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=covered",
					"management.tracing.sampling.probability=1", "management.otlp.metrics.export.enabled=false")
			.run(arguments);
	}

	@SuppressWarnings("unchecked")
	private KafkaTemplate<Object, Object> template(String name) {
		return this.context.getBean(name, KafkaTemplate.class);
	}

	@SuppressWarnings("unchecked")
	private ProducerFactory<Object, Object> factory() {
		return this.context.getBean("kafkaProducerFactory", ProducerFactory.class);
	}

	/**
	 * Sends one record, and returns when the broker has it.
	 */
	private interface Sending {

		void send() throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Spans spans() {
			return new Spans();
		}

	}

	/** With Kafka beans of its own, and the parent's OpenTelemetry. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableKafka
	static class Child {

		@Bean
		KafkaTemplate<Object, Object> childTemplate(ProducerFactory<Object, Object> ofTheParent) {
			return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(ofTheParent.getConfigurationProperties()));
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory(
				ConsumerFactory<Object, Object> ofTheParent) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(ofTheParent);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listener {

		@KafkaListener(topics = "${topic}")
		void process(String value) {
		}

	}

	// No candidates: for those, Boot would keep its own template back.
	@Configuration(proxyBeanMethods = false)
	static class Templates {

		@Bean(defaultCandidate = false)
		KafkaTemplate<Object, Object> overriding(ProducerFactory<Object, Object> factory) {
			return new KafkaTemplate<>(factory,
					Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, OTHER_NAME_OF_THE_SERVER));
		}

		@Bean(defaultCandidate = false)
		RoutingKafkaTemplate routing(ProducerFactory<Object, Object> factory) {
			Map<Pattern, ProducerFactory<Object, Object>> factories = new LinkedHashMap<>();
			factories.put(Pattern.compile("routed.*"),
					new DefaultKafkaProducerFactory<>(factory.getConfigurationProperties()));
			factories.put(Pattern.compile(".*"), factory);
			return new RoutingKafkaTemplate(factories);
		}

	}

}
