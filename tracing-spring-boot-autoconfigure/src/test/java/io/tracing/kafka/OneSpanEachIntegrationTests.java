// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Proxy;
import java.util.Map;

import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.RecordingProducer;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.CompositeRecordInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 5: one send span per send, one process span per attempt, however often
 * somebody registers the tracing.
 */
class OneSpanEachIntegrationTests {

	@Test
	void factoryThatIsInstrumentedTwiceSendsOneSpan() {
		String topic = KafkaBroker.newTopic("once");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.tracing().instrument(kafka.producerFactory());
			KafkaTracing.create(kafka.sdk()).instrument(kafka.producerFactory());
			assertThat(kafka.producerFactory().getPostProcessors()).hasSize(1);
			kafka.send(topic, "a book");
			kafka.send(topic, "another");
			kafka.spans().await("send " + topic, 2);
		}
	}

	@Test
	void copyOfAFactorySendsOneSpanToItsOwnServer() {
		String topic = KafkaBroker.newTopic("once");
		try (TracedKafka kafka = TracedKafka.start()) {
			DefaultKafkaProducerFactory<Object, Object> copy = (DefaultKafkaProducerFactory<Object, Object>) kafka
				.producerFactory()
				.copyWithConfigurationOverride(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
						KafkaBroker.bootstrapServers().replace("localhost", "127.0.0.1")));
			kafka.tracing().instrument(copy);
			assertThat(copy.getPostProcessors()).hasSize(1);
			try (Producer<Object, Object> producer = copy.createProducer()) {
				producer.send(new ProducerRecord<>(topic, "a book"));
				producer.flush();
			}
			assertThat(kafka.spans().await("send " + topic).getAttributes().get(MessagingAttributes.SERVER_ADDRESS))
				.as("that of the copy")
				.isEqualTo("127.0.0.1");
			copy.destroy();
		}
	}

	@Test
	void producerThatIsWrappedTwiceIsTheSame() {
		try (TracedKafka kafka = TracedKafka.start()) {
			Producer<Object, Object> traced = kafka.tracing().wrap(new RecordingProducer().producer(), Map.of());
			assertThat(kafka.tracing().wrap(traced, Map.of())).isSameAs(traced);
		}
	}

	@Test
	void tracedProducerAroundATracedProducerMakesNoSecondSpan() {
		RecordingProducer recording = new RecordingProducer();
		try (TracedKafka kafka = TracedKafka.start()) {
			Producer<Object, Object> inner = kafka.tracing().wrap(recording.producer(), Map.of());
			Producer<Object, Object> outer = kafka.tracing().wrap(new Decorator(inner).producer(), Map.of());
			outer.send(new ProducerRecord<>("once", "a book"));
			assertThat(kafka.spans().await("send once").getLinks()).isEmpty();
			// A record that was made for a send that is over is the user's to send again.
			@SuppressWarnings("unchecked")
			ProducerRecord<Object, Object> made = (ProducerRecord<Object, Object>) recording.sent().get(0);
			outer.send(made);
			assertThat(kafka.spans().await("send once", 2)).extracting((span) -> span.getTraceId()).hasSize(2);
			assertThat(recording.sent())
				.extracting((record) -> ((ProducerRecord<?, ?>) record).headers().lastHeader("traceparent").value())
				.doesNotHaveDuplicates();
		}
	}

	@Test
	void containerThatIsInstrumentedTwiceProcessesInOneSpan() {
		String topic = KafkaBroker.newTopic("once");
		try (TracedKafka kafka = TracedKafka.start()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox, (container) -> {
				kafka.tracing().instrument(container);
				KafkaTracing.create(kafka.sdk()).instrument(container);
			});
			kafka.send(topic, "a book");
			inbox.await();
			kafka.spans().awaitNoneOpen();
			assertThat(kafka.spans().named("process " + topic)).hasSize(1);
		}
	}

	@Test
	void interceptorThatTheUserAddsAsWellMakesNoSecondSpan() {
		String topic = KafkaBroker.newTopic("once");
		try (TracedKafka kafka = TracedKafka.start()) {
			Inbox<String> inbox = Inbox.of((record) -> {
				if (record.value().equals("bad")) {
					throw new IllegalStateException("injected");
				}
				return String.valueOf(record.value());
			});
			kafka.listen(topic, inbox, (container) -> {
				container.setRecordInterceptor(
						new CompositeRecordInterceptor<>(new TracingRecordInterceptor<>(kafka.tracing()),
								new TracingRecordInterceptor<>(KafkaTracing.create(kafka.sdk()))));
				container.setCommonErrorHandler(new CommonLoggingErrorHandler());
				kafka.tracing().instrument(container);
			});
			kafka.send(topic, "bad");
			kafka.send(topic, "a book");
			inbox.await();
			kafka.spans().awaitNoneOpen();
			assertThat(kafka.spans().named("process " + topic)).hasSize(2);
		}
	}

	@Test
	void interceptorsOfTheUsersOwnCompositeAloneMakeOneSpan() {
		String topic = KafkaBroker.newTopic("once");
		try (TracedKafka kafka = TracedKafka.start()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox,
					(container) -> container.setRecordInterceptor(
							new CompositeRecordInterceptor<>(new TracingRecordInterceptor<>(kafka.tracing()),
									new TracingRecordInterceptor<>(kafka.tracing()))));
			kafka.send(topic, "one");
			kafka.send(topic, "two");
			inbox.await(2);
			kafka.spans().awaitNoneOpen();
			assertThat(kafka.spans().named("process " + topic)).hasSize(2);
		}
	}

	@Test
	void producerListenerThatTheUserAddsAsWellMakesNoSecondSpan() {
		String topic = KafkaBroker.newTopic("once");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.template().setProducerListener(new TracingProducerListener(kafka.tracing().messaging()));
			kafka.send(topic, "a book");
			kafka.spans().awaitNoneOpen();
			assertThat(kafka.spans().named("send " + topic)).hasSize(1);
		}
	}

	/**
	 * Something of the user's around a producer.
	 */
	private record Decorator(Producer<Object, Object> producerInside) {

		@SuppressWarnings("unchecked")
		Producer<Object, Object> producer() {
			return (Producer<Object, Object>) Proxy.newProxyInstance(Producer.class.getClassLoader(),
					new Class<?>[] { Producer.class },
					(proxy, method, arguments) -> method.invoke(this.producerInside, arguments));
		}

	}

}
