// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.RecordingProducer;
import io.tracing.testing.TracedKafka;
import io.tracing.testing.Warnings;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.ProducerListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Invariant 4: the user's objects are theirs. What is sent stays as it was, what is
 * received is what came, and an object that throws hurts nobody but itself.
 */
class UserObjectsIntegrationTests {

	@Test
	void recordIsNotTouched() {
		String topic = KafkaBroker.newTopic("objects");
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "key", "value");
			record.headers().add("mine", new byte[] { 1 });
			assertThat(kafka.send(record).getProducerRecord()).isSameAs(record);
			assertThat(record.headers()).singleElement().extracting(Header::key).isEqualTo("mine");
			record.headers().add("still open", new byte[] { 2 });
			assertThat(record.headers()).hasSize(2);
		}
	}

	@Test
	void sameRecordCanBeSentTwice() {
		String topic = KafkaBroker.newTopic("objects");
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "key", "value");
			kafka.send(record);
			kafka.send(record);
			List<SpanData> sends = kafka.spans().await("send " + topic, 2);
			List<String> headers = KafkaBroker.records(topic, 2)
				.stream()
				.map(UserObjectsIntegrationTests::traceParent)
				.toList();
			assertThat(headers.get(0)).contains(sends.get(0).getSpanId());
			assertThat(headers.get(1)).contains(sends.get(1).getSpanId());
			assertThat(record.headers()).isEmpty();
		}
	}

	@Test
	void recordCanBeSentFromManyThreads() throws Exception {
		String topic = KafkaBroker.newTopic("objects");
		int threads = 4;
		int each = 50;
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "key", "value");
			List<Thread> started = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				Thread thread = new Thread(() -> {
					for (int sent = 0; sent < each; sent++) {
						kafka.send(record);
					}
				});
				thread.start();
				started.add(thread);
			}
			for (Thread thread : started) {
				thread.join();
			}
			List<String> spans = kafka.spans()
				.await("send " + topic, threads * each)
				.stream()
				.map(SpanData::getSpanId)
				.toList();
			assertThat(KafkaBroker.records(topic, threads * each))
				.extracting((sent) -> traceParent(sent).substring(36, 52))
				.containsExactlyInAnyOrderElementsOf(spans);
		}
	}

	@Test
	void timestampPartitionKeyValueAndHeadersArriveAsTheyWere() {
		String topic = KafkaBroker.newTopic("objects");
		try (TracedKafka kafka = TracedKafka.start()) {
			List<Header> headers = List.of(new RecordHeader("a", new byte[] { 1 }), new RecordHeader("b", null),
					new RecordHeader("a", new byte[] { 2 }));
			kafka.send(new ProducerRecord<>(topic, 0, 1234L, "key", null, headers));
			ConsumerRecord<byte[], byte[]> wire = KafkaBroker.records(topic, 1).get(0);
			assertThat(wire.timestamp()).isEqualTo(1234);
			assertThat(wire.key()).asString(StandardCharsets.UTF_8).isEqualTo("key");
			assertThat(wire.value()).isNull();
			assertThat(List.of(wire.headers().toArray()).subList(0, 3)).isEqualTo(headers);
		}
	}

	@Test
	void listenerReceivesWhatIsOnTheWire() {
		String topic = KafkaBroker.newTopic("objects");
		try (TracedKafka kafka = TracedKafka.start()) {
			Inbox<List<Header>> inbox = Inbox.of((record) -> List.of(record.headers().toArray()));
			kafka.listen(topic, inbox);
			kafka.send(topic, "a book");
			assertThat(inbox.await()).isEqualTo(List.of(KafkaBroker.records(topic, 1).get(0).headers().toArray()));
		}
	}

	@Test
	void readOnlyHeadersAreSent() {
		String topic = KafkaBroker.newTopic("objects");
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "value");
			((RecordHeaders) record.headers()).setReadOnly();
			kafka.send(record);
			assertThat(traceParent(KafkaBroker.records(topic, 1).get(0)))
				.contains(kafka.spans().await("send " + topic).getSpanId());
		}
	}

	@Test
	void headersThatThrowFailAsTheyDoUntraced() {
		String topic = KafkaBroker.newTopic("objects");
		try (Warnings warnings = new Warnings(); TracedKafka kafka = TracedKafka.start()) {
			KafkaTemplate<Object, Object> untraced = new KafkaTemplate<>(
					new DefaultKafkaProducerFactory<>(kafka.producerFactory().getConfigurationProperties()));
			assertThatThrownBy(() -> untraced.send(new HostileRecord(topic)))
				.isInstanceOf(UnsupportedOperationException.class)
				.hasMessage("headers()");
			assertThatThrownBy(() -> kafka.template().send(new HostileRecord(topic)))
				.isInstanceOf(UnsupportedOperationException.class)
				.hasMessage("headers()");
			assertThat(warnings.messages()).hasSize(1);
			untraced.getProducerFactory().reset();
		}
	}

	@Test
	void headersThatThrowArePassedToAProducerThatDoesNotMind() {
		assertPassesAsItIs(new HostileRecord("objects"));
	}

	@Test
	void recordThatThrowsWhileItIsCopiedIsPassedAsItIs() {
		assertPassesAsItIs(new ProducerRecord<>("objects", "value") {

			@Override
			public Long timestamp() {
				throw new UnsupportedOperationException("timestamp()");
			}

		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5, 6 })
	void headerWhoseNameThrowsSometimesIsSent(int patience) {
		AtomicInteger asked = new AtomicInteger(patience);
		RecordingProducer recording = new RecordingProducer();
		try (TracedKafka kafka = TracedKafka.start()) {
			ProducerRecord<Object, Object> record = new ProducerRecord<>("objects", "value");
			record.headers().add(new Header() {

				@Override
				public String key() {
					if (asked.decrementAndGet() < 0) {
						throw new UnsupportedOperationException("key()");
					}
					return "mine";
				}

				@Override
				public byte[] value() {
					return new byte[0];
				}

			});
			kafka.tracing().wrap(recording.producer(), Map.of()).send(record);
			assertThat(recording.sent()).hasSize(1);
			assertThat(kafka.spans().open()).isZero();
		}
	}

	private static void assertPassesAsItIs(ProducerRecord<Object, Object> record) {
		RecordingProducer recording = new RecordingProducer();
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.tracing().wrap(recording.producer(), Map.of()).send(record);
			assertThat(recording.sent()).singleElement().isSameAs(record);
			assertThat(kafka.spans().open()).isZero();
		}
	}

	@Test
	void keyOfAUserClassIsNeverAskedForItsText() {
		String topic = KafkaBroker.newTopic("objects");
		try (Warnings warnings = new Warnings(); TracedKafka kafka = TracedKafka.start()) {
			AtomicInteger asked = new AtomicInteger();
			kafka.send(new ProducerRecord<>(topic, new Object() {

				@Override
				public String toString() {
					asked.incrementAndGet();
					throw new IllegalStateException("toString()");
				}

			}, "value"));
			SpanData send = kafka.spans().await("send " + topic);
			assertThat(send.getAttributes().asMap().keySet()).extracting(Object::toString)
				.doesNotContain("messaging.kafka.message.key");
			assertThat(asked).hasValue(0);
			assertThat(warnings.messages()).isEmpty();
		}
	}

	@Test
	void producerListenerOfTheTemplateIsGivenTheRecordThatWasSent() {
		String topic = KafkaBroker.newTopic("objects");
		try (TracedKafka kafka = TracedKafka.start()) {
			List<ProducerRecord<Object, Object>> seen = new CopyOnWriteArrayList<>();
			kafka.template().setProducerListener(new ProducerListener<>() {

				@Override
				public void onSuccess(ProducerRecord<Object, Object> record, @Nullable RecordMetadata metadata) {
					seen.add(record);
				}

			});
			ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, UUID.randomUUID(), "value");
			kafka.send(record);
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !seen.isEmpty());
			assertThat(seen).singleElement().isSameAs(record);
		}
	}

	private static String traceParent(ConsumerRecord<?, ?> record) {
		assertThat(record.headers().headers("traceparent")).hasSize(1);
		return new String(record.headers().lastHeader("traceparent").value(), StandardCharsets.UTF_8);
	}

	private static final class HostileRecord extends ProducerRecord<Object, Object> {

		HostileRecord(String topic) {
			super(topic, "value");
		}

		@Override
		public Headers headers() {
			throw new UnsupportedOperationException("headers()");
		}

	}

}
