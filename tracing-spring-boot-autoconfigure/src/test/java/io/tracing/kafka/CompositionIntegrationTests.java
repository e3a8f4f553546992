// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.SpanTemplate;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that uses everything Spring Kafka lets it plug in: all of it is called,
 * in the order in which it would be called untraced, and each message is traced once.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CompositionIntegrationTests {

	private static final List<String> CALLS = ComposedApplication.CALLS;

	private final Map<String, String> topics = Map.of("first", KafkaBroker.newTopic("first"), "second",
			KafkaBroker.newTopic("second"), "bean", KafkaBroker.newTopic("bean"), "concurrent",
			KafkaBroker.newTopic("concurrent"), "leak", KafkaBroker.newTopic("leak"));

	private ConfigurableApplicationContext context;

	private Spans spans;

	@BeforeAll
	void start() {
		this.context = new SpringApplicationBuilder(ComposedApplication.class).web(WebApplicationType.NONE)
			.run("--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.kafka.consumer.group-id=composed",
					"--spring.kafka.producer.properties.interceptor.classes="
							+ ComposedApplication.WireInterceptor.class.getName(),
					"--management.tracing.sampling.probability=1", "--management.otlp.metrics.export.enabled=false",
					"--first=" + this.topics.get("first"), "--second=" + this.topics.get("second"),
					"--bean=" + this.topics.get("bean"), "--concurrent=" + this.topics.get("concurrent"),
					"--leak=" + this.topics.get("leak"));
		this.spans = this.context.getBean(Spans.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@BeforeEach
	void forget() {
		CALLS.clear();
	}

	@Test
	void everythingOfTheUsersIsCalledInOrder() throws Exception {
		String topic = this.topics.get("first");
		template("kafkaTemplate").send(topic, "a book").get(10, TimeUnit.SECONDS);
		SpanData send = this.spans.await("send " + topic);
		SpanData process = this.spans.await("process " + topic);
		await().atMost(Duration.ofSeconds(10))
			.until(() -> CALLS.contains("afterRecord 1") && CALLS.contains("onSuccess"));
		assertThat(CALLS).filteredOn((call) -> call.startsWith("on"))
			.containsExactly("onSend of the template", "onSend of the wire", "onAcknowledgement of the wire",
					"onAcknowledgement of the template", "onSuccess");
		assertThat(CALLS).filteredOn((call) -> !call.startsWith("on"))
			.containsExactly("intercept 1", "listener of first", "success 1", "afterRecord 1");
		assertOneTrace(send, process);
		assertThat(CALLS).isNotEmpty();
	}

	@Test
	void customizersOfTheUserAreCalled() {
		assertThat(this.context.getBean(ComposedApplication.class).factories).hasSize(1);
		assertThat(this.context.getBean(ComposedApplication.class).customized).isNotEmpty();
	}

	@Test
	void secondFactoryKeepsItsCompositeInterceptor() throws Exception {
		String topic = this.topics.get("second");
		template("myTemplate").send(topic, "a book").get(10, TimeUnit.SECONDS);
		assertOneTrace(this.spans.await("send " + topic), this.spans.await("process " + topic));
		await().atMost(Duration.ofSeconds(10)).until(() -> CALLS.contains("afterRecord 3"));
		assertThat(CALLS).containsExactly("intercept 2", "intercept 3", "listener of second", "success 2", "success 3",
				"afterRecord 2", "afterRecord 3");
	}

	@Test
	void rawProducerOfAFactoryIsTraced() {
		String topic = this.topics.get("bean");
		ProducerFactory<?, ?> factory = this.context.getBean("myProducers", ProducerFactory.class);
		send(factory, topic);
		assertOneTrace(this.spans.await("send " + topic), this.spans.await("process " + topic));
		assertThat(CALLS).contains("listener of bean");
	}

	@Test
	void concurrentContainerBeanIsTraced() throws Exception {
		String topic = this.topics.get("concurrent");
		template("myTemplate").send(topic, "a book").get(10, TimeUnit.SECONDS);
		assertOneTrace(this.spans.await("send " + topic), this.spans.await("process " + topic));
		assertThat(CALLS).contains("listener of concurrent");
	}

	@Test
	void logLinesOfTheNextRecordDoNotNameALeakedTrace() throws Exception {
		String topic = this.topics.get("leak");
		template("myTemplate").send(topic, "leaks").get(10, TimeUnit.SECONDS);
		template("myTemplate").send(topic, "looks").get(10, TimeUnit.SECONDS);
		List<SpanData> processed = this.spans.await("process " + topic, 2);
		assertThat(processed).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
		await().atMost(Duration.ofSeconds(10)).until(() -> ComposedApplication.TRACES_AT_POLL.contains("null"));
		assertThat(CALLS).contains("trace in the log " + processed.get(0).getTraceId(),
				"trace in the log " + processed.get(1).getTraceId());
	}

	@Test
	void observationInsideASpanIsItsChild() {
		ObservationRegistry observations = this.context.getBean(ObservationRegistry.class);
		SpanTemplate template = this.context.getBean(SpanTemplate.class);
		String parent = template.call("outer span", (span) -> {
			Observation.createNotStarted("inner.observation", observations).observe(() -> {
			});
			return span.getSpanContext().getSpanId();
		});
		assertThat(this.spans.await("inner.observation").getParentSpanId()).isEqualTo(parent);
	}

	@Test
	void spanInsideAnObservationIsItsChild() {
		ObservationRegistry observations = this.context.getBean(ObservationRegistry.class);
		Observation.createNotStarted("outer.observation", observations)
			.observe(() -> this.context.getBean(SpanTemplate.class).run("inner span", (span) -> {
			}));
		assertThat(this.spans.await("inner span").getParentSpanId())
			.isEqualTo(this.spans.await("outer.observation").getSpanId());
	}

	@SuppressWarnings("unchecked")
	private KafkaTemplate<Object, Object> template(String name) {
		return this.context.getBean(name, KafkaTemplate.class);
	}

	@SuppressWarnings("unchecked")
	private static void send(ProducerFactory<?, ?> factory, String topic) {
		try (Producer<Object, Object> producer = ((ProducerFactory<Object, Object>) factory).createProducer()) {
			producer.send(new ProducerRecord<>(topic, "a book"));
			producer.flush();
		}
	}

	private static void assertOneTrace(SpanData send, SpanData process) {
		assertThat(process.getTraceId()).isEqualTo(send.getTraceId());
		assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
		assertThat(process.getLinks()).hasSize(1);
	}

}
