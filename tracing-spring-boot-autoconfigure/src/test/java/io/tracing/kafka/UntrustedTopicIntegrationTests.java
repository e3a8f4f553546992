// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.messaging.ConsumerParent;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Topics that strangers write to: their context is linked to, and that is all they get.
 * They don't decide what is sampled, and their baggage goes nowhere.
 */
class UntrustedTopicIntegrationTests {

	private static final String UNSAMPLED = TraceParentVector.VALID.replaceFirst("01$", "00");

	private final KafkaProducer<String, String> stranger = new KafkaProducer<>(
			Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers()), new StringSerializer(),
			new StringSerializer());

	private final String topic = KafkaBroker.newTopic("inbound");

	@AfterEach
	void close() {
		this.stranger.close();
	}

	@ParameterizedTest
	@EnumSource(ConsumerParent.class)
	void processSpanIsARootThatLinks(ConsumerParent parent) {
		try (TracedKafka kafka = builder().messaging((messaging) -> messaging.consumerParent(parent)).start()) {
			kafka.listen(this.topic, Inbox.ofValues());
			sendTo(this.topic, TraceParentVector.VALID, "tenant=evil");
			assertRootThatLinks(kafka.spans().await("process " + this.topic));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "01" })
	void strangerDoesNotDecideWhatIsSampled(String flags) {
		Sampler ours = flags.equals("00") ? Sampler.alwaysOn() : Sampler.alwaysOff();
		try (TracedKafka kafka = builder().tracers((tracers) -> tracers.setSampler(Sampler.parentBased(ours)))
			.start()) {
			Inbox<Boolean> inbox = Inbox.of((record) -> Span.current().getSpanContext().isSampled());
			kafka.listen(this.topic, inbox);
			sendTo(this.topic, flags.equals("00") ? UNSAMPLED : TraceParentVector.VALID, "tenant=evil");
			assertThat(inbox.await()).isEqualTo(flags.equals("00"));
		}
	}

	@Test
	void baggageGoesNowhere() {
		String onwards = KafkaBroker.newTopic("onwards");
		try (TracedKafka kafka = builder().start()) {
			Inbox<Map<String, ?>> inbox = Inbox.of((record) -> {
				kafka.send(new ProducerRecord<>(onwards, null, record.key(), record.value(), record.headers()));
				return Baggage.current().asMap();
			});
			kafka.listen(this.topic, inbox);
			sendTo(this.topic, TraceParentVector.VALID, entries(70), "tenant=evil");
			assertThat(inbox.await()).isEmpty();
			SpanData process = kafka.spans().await("process " + this.topic);
			SpanData forward = kafka.spans().await("send " + onwards);
			assertThat(forward.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(KafkaBroker.records(onwards, 1).get(0).headers()).extracting((header) -> header.key())
				.containsExactly("traceparent");
		}
	}

	@Test
	void deadLetterBelongsToTheNewTrace() {
		String deadLetters = KafkaBroker.newTopic("dead-letters");
		try (TracedKafka kafka = builder().start()) {
			kafka.listen(this.topic, Inbox.of((record) -> {
				throw new IllegalStateException("injected");
			}), (container) -> container
				.setCommonErrorHandler(new DefaultErrorHandler(new DeadLetterPublishingRecoverer(kafka.template(),
						(record, failure) -> new TopicPartition(deadLetters, 0)), new FixedBackOff(0, 0))));
			sendTo(this.topic, TraceParentVector.VALID, "tenant=evil");
			SpanData process = kafka.spans().await("process " + this.topic);
			SpanData deadLetter = kafka.spans().await("send " + deadLetters);
			assertRootThatLinks(process);
			assertThat(deadLetter.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(StreamSupport.stream(KafkaBroker.records(deadLetters, 1).get(0).headers().spliterator(), false))
				.extracting((header) -> header.key())
				.contains("traceparent")
				.doesNotContain("baggage");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "garbage", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
			"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\uFFFF" })
	void hostileHeaderIsNotLinkedTo(String traceparent) {
		try (TracedKafka kafka = builder().start()) {
			Inbox<Map<String, ?>> inbox = Inbox.of((record) -> Baggage.current().asMap());
			kafka.listen(this.topic, inbox);
			sendTo(this.topic, traceparent, "tenant=evil,,=;%%");
			assertThat(inbox.await()).isEmpty();
			SpanData process = kafka.spans().await("process " + this.topic);
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(process.getLinks()).isEmpty();
		}
	}

	@Test
	void topicOfWhichNobodyCanTellIsUntrusted() {
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.untrusted((name) -> {
			throw new IllegalStateException("injected");
		})).start()) {
			kafka.listen(this.topic, Inbox.ofValues());
			sendTo(this.topic, TraceParentVector.VALID, "tenant=evil");
			assertRootThatLinks(kafka.spans().await("process " + this.topic));
		}
	}

	@Test
	void othersAreTrustedAndTheExcludedAreNotTraced() {
		String trusted = KafkaBroker.newTopic("orders");
		String excluded = KafkaBroker.newTopic("inbound-noise");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.untrusted(TopicPatterns.of(List.of("inbound*"), List.of()))
				.topics(TopicPatterns.of(List.of("inbound*", "orders*"), List.of("*-noise-*"))))
			.start()) {
			Inbox<Boolean> noise = Inbox.of((record) -> Span.current().getSpanContext().isValid());
			kafka.listen(excluded, noise);
			kafka.listen(trusted, Inbox.ofValues());
			kafka.listen(this.topic, Inbox.ofValues());
			for (String topic : List.of(excluded, trusted, this.topic)) {
				sendTo(topic, TraceParentVector.VALID, "tenant=evil");
			}
			assertThat(noise.await()).isFalse();
			assertRootThatLinks(kafka.spans().await("process " + this.topic));
			assertThat(kafka.spans().await("process " + trusted).getParentSpanId())
				.isEqualTo(TraceParentVector.SPAN_ID);
			assertThat(kafka.spans().named("process " + excluded)).isEmpty();
		}
	}

	private TracedKafka.Builder builder() {
		return TracedKafka.builder().kafka((builder) -> builder.untrusted((topic) -> topic.startsWith("inbound")));
	}

	private void sendTo(String topic, String traceparent, String... baggage) {
		ProducerRecord<String, String> record = new ProducerRecord<>(topic, "a book");
		record.headers().add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
		for (String value : baggage) {
			record.headers().add("baggage", value.getBytes(StandardCharsets.UTF_8));
		}
		this.stranger.send(record);
		this.stranger.flush();
	}

	private static String entries(int count) {
		return IntStream.range(0, count).mapToObj((i) -> "key" + i + "=value").collect(Collectors.joining(","));
	}

	private static void assertRootThatLinks(SpanData process) {
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertThat(process.getTraceId()).isNotEqualTo(TraceParentVector.TRACE_ID);
		assertThat(process.getLinks()).extracting(LinkData::getSpanContext).singleElement().satisfies((link) -> {
			assertThat(link.getTraceId()).isEqualTo(TraceParentVector.TRACE_ID);
			assertThat(link.getSpanId()).isEqualTo(TraceParentVector.SPAN_ID);
		});
	}

}
