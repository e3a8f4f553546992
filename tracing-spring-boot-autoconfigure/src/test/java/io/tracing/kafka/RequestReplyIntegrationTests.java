// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.SpanTemplate;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.requestreply.AggregatingReplyingKafkaTemplate;
import org.springframework.kafka.requestreply.KafkaReplyTimeoutException;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.messaging.handler.annotation.SendTo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Request and reply: there and back again in one trace, and what comes back too late in
 * another.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RequestReplyIntegrationTests {

	private final String requests = KafkaBroker.newTopic("requests");

	private final String replies = KafkaBroker.newTopic("replies");

	private final String slow = KafkaBroker.newTopic("slow");

	private final String asked = KafkaBroker.newTopic("asked");

	private final String answers = KafkaBroker.newTopic("answers");

	private ConfigurableApplicationContext context;

	private Spans spans;

	@BeforeAll
	void start() throws InterruptedException {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
					"--spring.kafka.consumer.auto-offset-reset=earliest", "--management.tracing.sampling.probability=1",
					"--management.otlp.metrics.export.enabled=false", "--requests=" + this.requests,
					"--replies=" + this.replies, "--slow=" + this.slow, "--asked=" + this.asked,
					"--answers=" + this.answers);
		this.spans = this.context.getBean(Spans.class);
		assertThat(template().waitForAssignment(Duration.ofSeconds(20))).isTrue();
		assertThat(aggregating().waitForAssignment(Duration.ofSeconds(20))).isTrue();
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@Test
	void requestReplyAndContinuationAreOneTrace() throws Exception {
		SpanTemplate spanTemplate = this.context.getBean(SpanTemplate.class);
		CompletableFuture<SpanContext> continuation = spanTemplate.call("order",
				(span) -> template().sendAndReceive(new ProducerRecord<>(this.requests, "a book"))
					.thenApply((reply) -> Span.current().getSpanContext()));
		SpanContext continued = continuation.get(20, TimeUnit.SECONDS);
		SpanData reply = this.spans.awaitSpan(continued.getSpanId());
		assertThat(reply.getName()).isEqualTo("process " + this.replies);
		assertThat(reply.getStatus()).isEqualTo(StatusData.unset());
		SpanData sendReply = this.spans.awaitSpan(reply.getParentSpanId());
		SpanData process = this.spans.awaitSpan(sendReply.getParentSpanId());
		SpanData send = this.spans.awaitSpan(process.getParentSpanId());
		assertThat(List.of(send.getName(), process.getName(), sendReply.getName()))
			.containsExactly("send " + this.requests, "process " + this.requests, "send " + this.replies);
		assertThat(send.getParentSpanId()).isEqualTo(this.spans.await("order").getSpanId());
	}

	@Test
	void lateReplyIsLinkedAndNoChild() throws Exception {
		CompletableFuture<?> future = template().sendAndReceive(new ProducerRecord<>(this.slow, "a book"),
				Duration.ofMillis(1));
		assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
			.hasCauseInstanceOf(KafkaReplyTimeoutException.class);
		this.context.getBean(Listeners.class).timedOut.countDown();
		SpanData process = this.spans.await("process " + this.slow);
		SpanData sendReply = this.spans.await((span) -> span.getParentSpanId().equals(process.getSpanId()));
		SpanData late = this.spans.await((span) -> span.getLinks()
			.stream()
			.anyMatch((link) -> link.getSpanContext().getSpanId().equals(sendReply.getSpanId())));
		assertThat(late.getName()).isEqualTo("process " + this.replies);
		assertThat(late.getParentSpanContext().isValid()).isFalse();
		assertThat(late.getTraceId()).isNotEqualTo(process.getTraceId());
	}

	@Test
	void aggregatedRepliesAreOneSpanThatLinksToEach() throws Exception {
		CompletableFuture<SpanContext> continuation = aggregating()
			.sendAndReceive(new ProducerRecord<>(this.asked, "a book"))
			.thenApply((reply) -> {
				assertThat(reply.value()).hasSize(2);
				return Span.current().getSpanContext();
			});
		SpanData reply = this.spans.awaitSpan(continuation.get(20, TimeUnit.SECONDS).getSpanId());
		assertThat(reply.getName()).isEqualTo("process " + this.answers);
		List<SpanData> sends = this.spans.await("send " + this.answers, 2);
		assertThat(reply.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
			.containsExactlyInAnyOrder(sends.get(0).getSpanId(), sends.get(1).getSpanId());
		assertThat(reply.getTraceId()).isEqualTo(this.spans.await("send " + this.asked).getTraceId());
	}

	@SuppressWarnings("unchecked")
	private ReplyingKafkaTemplate<Object, Object, Object> template() {
		return (ReplyingKafkaTemplate<Object, Object, Object>) this.context.getBean("replying");
	}

	@SuppressWarnings("unchecked")
	private AggregatingReplyingKafkaTemplate<Object, Object, Object> aggregating() {
		return (AggregatingReplyingKafkaTemplate<Object, Object, Object>) this.context.getBean("aggregating");
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

		// No candidates: for those, Boot would keep its own template back.
		@Bean(defaultCandidate = false)
		ReplyingKafkaTemplate<Object, Object, Object> replying(ProducerFactory<Object, Object> producers,
				ConcurrentKafkaListenerContainerFactory<Object, Object> factory, Environment environment) {
			ConcurrentMessageListenerContainer<Object, Object> container = factory
				.createContainer(environment.getRequiredProperty("replies"));
			container.getContainerProperties().setGroupId("replying");
			return new ReplyingKafkaTemplate<>(producers, container);
		}

		@Bean(defaultCandidate = false)
		AggregatingReplyingKafkaTemplate<Object, Object, Object> aggregating(ProducerFactory<Object, Object> producers,
				ConcurrentKafkaListenerContainerFactory<Object, Collection<ConsumerRecord<Object, Object>>> factory,
				Environment environment) {
			ConcurrentMessageListenerContainer<Object, Collection<ConsumerRecord<Object, Object>>> container = factory
				.createContainer(environment.getRequiredProperty("answers"));
			container.getContainerProperties().setGroupId("aggregating");
			container.getContainerProperties().setAckMode(AckMode.MANUAL);
			return new AggregatingReplyingKafkaTemplate<>(producers, container,
					(answers, timeout) -> answers.size() == 2);
		}

	}

	static class Listeners {

		final CountDownLatch timedOut = new CountDownLatch(1);

		@KafkaListener(id = "server", topics = "${requests}")
		@SendTo
		String serve(String request) {
			return "for " + request;
		}

		@KafkaListener(id = "slow", topics = "${slow}")
		@SendTo
		String serveLate(String request) throws InterruptedException {
			assertThat(this.timedOut.await(20, TimeUnit.SECONDS)).isTrue();
			return "late for " + request;
		}

		@KafkaListener(id = "one", topics = "${asked}")
		@SendTo
		String one(String request) {
			return "one";
		}

		@KafkaListener(id = "two", topics = "${asked}")
		@SendTo
		String two(String request) {
			return "two";
		}

	}

}
