// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.RecordingProducer;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.kafka.KafkaException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Sends that fail, at once or later: the caller learns what it would learn untraced, and
 * the span says it too. Everything else that a producer can do reaches it unchanged.
 */
class SendFailureIntegrationTests {

	@Test
	void sendThatTheBrokerRefusesFailsTheSpan() {
		String topic = KafkaBroker.newTopic("refused", 1, Map.of("max.message.bytes", "500"));
		try (TracedKafka kafka = TracedKafka.start()) {
			assertThatThrownBy(() -> kafka.template().send(topic, "x".repeat(1000)).get(10, TimeUnit.SECONDS))
				.isInstanceOf(ExecutionException.class)
				.hasRootCauseInstanceOf(RecordTooLargeException.class);
			assertFailed(kafka.spans().await("send " + topic), RecordTooLargeException.class);
		}
	}

	@Test
	void sendThatTheClientRefusesFailsTheSpan() {
		String topic = KafkaBroker.newTopic("refused");
		try (TracedKafka kafka = TracedKafka.builder().producer(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 500).start()) {
			assertThatThrownBy(() -> kafka.template().send(topic, "x".repeat(1000))).isInstanceOf(KafkaException.class)
				.hasMessageStartingWith("Send failed")
				.hasRootCauseInstanceOf(RecordTooLargeException.class);
			assertFailed(kafka.spans().await("send " + topic), RecordTooLargeException.class);
		}
	}

	@Test
	void sendThatTimesOutFailsTheSpan() {
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1")
			.producer(ProducerConfig.MAX_BLOCK_MS_CONFIG, 200)
			.start()) {
			assertThatThrownBy(() -> kafka.template().send("nowhere", "a book").get(10, TimeUnit.SECONDS))
				.hasRootCauseInstanceOf(TimeoutException.class);
			assertFailed(kafka.spans().await("send nowhere"), TimeoutException.class);
		}
	}

	@Test
	void serializerThatThrowsFailsTheSpanAndTheCaller() {
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, FaultySerializer.class)
			.start()) {
			String topic = KafkaBroker.newTopic("refused");
			assertThatThrownBy(() -> kafka.template().send(topic, "a book")).isInstanceOf(IllegalStateException.class)
				.hasMessage("serialize()");
			assertFailed(kafka.spans().await("send " + topic), IllegalStateException.class);
		}
	}

	@Test
	void closedProducerFailsTheSpanAndTheCaller() {
		RecordingProducer recording = new RecordingProducer();
		IllegalStateException closed = new IllegalStateException(
				"Cannot perform operation after producer has been closed");
		try (TracedKafka kafka = TracedKafka.start()) {
			Producer<Object, Object> traced = new Traced(kafka).wrap(recording);
			recording.failWith(closed);
			assertThatThrownBy(() -> traced.send(new ProducerRecord<>("refused", "a book"))).isSameAs(closed);
			assertFailed(kafka.spans().await("send refused"), IllegalStateException.class);
		}
	}

	static Stream<Method> methods() {
		return Arrays.stream(Producer.class.getMethods())
			.filter((method) -> !Modifier.isStatic(method.getModifiers()) && !method.getName().equals("send"));
	}

	@ParameterizedTest
	@MethodSource("methods")
	void everyOtherMethodReachesTheProducer(Method method) throws Exception {
		RecordingProducer recording = new RecordingProducer();
		try (TracedKafka kafka = TracedKafka.start()) {
			Producer<Object, Object> traced = new Traced(kafka).wrap(recording);
			recording.calls().clear();
			@Nullable Object[] arguments = new Object[method.getParameterCount()];
			method.invoke(traced, arguments);
			assertThat(recording.calls()).singleElement().satisfies((call) -> {
				assertThat(call.method()).isEqualTo(method);
				assertThat(call.arguments()).hasSize(method.getParameterCount());
			});
			IllegalStateException failure = new IllegalStateException("injected");
			recording.failWith(failure);
			assertThatThrownBy(() -> method.invoke(traced, arguments)).isInstanceOf(InvocationTargetException.class)
				.cause()
				.isSameAs(failure);
		}
	}

	@Test
	void tracedProducerIsEqualToItselfAndSaysWhatItIs() {
		try (TracedKafka kafka = TracedKafka.start()) {
			Traced factory = new Traced(kafka);
			RecordingProducer recording = new RecordingProducer();
			Producer<Object, Object> traced = factory.wrap(recording);
			assertThat(traced).isEqualTo(traced)
				.isNotEqualTo(factory.wrap(recording))
				.hasSameHashCodeAs(traced)
				.hasToString("traced recording producer");
			assertThat(List.of(traced)).contains(traced);
		}
	}

	@Test
	void nullRecordFailsAsItDoesUntraced() {
		String untraced = failure(KafkaBroker.bootstrapServers(), false);
		assertThat(failure(KafkaBroker.bootstrapServers(), true)).isEqualTo(untraced);
	}

	private static String failure(String servers, boolean traced) {
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.topics((topic) -> traced)).start();
				Producer<Object, Object> producer = kafka.producerFactory().createProducer()) {
			try {
				producer.send(null);
				return "sent to " + servers;
			}
			catch (RuntimeException ex) {
				return ex.getClass().getName();
			}
		}
	}

	private static void assertFailed(SpanData span, Class<?> errorType) {
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo(errorType.getName());
		assertThat(span.getEvents()).hasSize(1);
	}

	private record Traced(TracedKafka kafka) {

		Producer<Object, Object> wrap(RecordingProducer recording) {
			return this.kafka.tracing().wrap(recording.producer(), Map.of());
		}

	}

	/** Public, because Kafka makes it. */
	public static final class FaultySerializer implements Serializer<Object> {

		@Override
		public byte[] serialize(String topic, Object data) {
			throw new IllegalStateException("serialize()");
		}

	}

}
