// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.SenderRecord;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * reactor-kafka makes its clients by itself and is not traced, but a record that it
 * forwards with its headers keeps the context in them: what is processed behind it
 * belongs to the trace of what went in.
 */
class ReactorKafkaIntegrationTests {

	@Test
	void contextPassesThroughAFluxUntouched() {
		String in = KafkaBroker.newTopic("flux-in");
		String out = KafkaBroker.newTopic("flux-out");
		KafkaSender<String, String> sender = sender();
		try (TracedKafka kafka = TracedKafka.start()) {
			Disposable forwarding = sender.send(upperCased(in, out)).subscribe();
			try {
				Inbox<String> inbox = Inbox.ofValues();
				kafka.listen(out, inbox);
				ProducerRecord<Object, Object> record = new ProducerRecord<>(in, "a book");
				record.headers().add("tenant", "acme".getBytes(StandardCharsets.UTF_8));
				kafka.send(record);
				assertThat(inbox.await()).isEqualTo("A BOOK");
				SpanData send = kafka.spans().await("send " + in);
				assertThat(kafka.spans().await("process " + out).getParentSpanId()).isEqualTo(send.getSpanId());
				assertThat(kafka.spans().ended()).hasSize(2);
				ConsumerRecord<byte[], byte[]> before = KafkaBroker.records(in, 1).get(0);
				assertThat(KafkaBroker.records(out, 1).get(0).headers()).isEqualTo(before.headers());
			}
			finally {
				forwarding.dispose();
			}
		}
		finally {
			sender.close();
		}
	}

	private static Flux<SenderRecord<String, String, Long>> upperCased(String in, String out) {
		ReceiverOptions<String, String> options = ReceiverOptions
			.<String, String>create(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
					ConsumerConfig.GROUP_ID_CONFIG, in, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
					ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
					ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class))
			.assignment(Set.of(new TopicPartition(in, 0)));
		return KafkaReceiver.create(options)
			.receive()
			.map((record) -> SenderRecord.create(new ProducerRecord<>(out, null, record.key(),
					record.value().toUpperCase(Locale.ROOT), record.headers()), record.offset()));
	}

	private static KafkaSender<String, String> sender() {
		return KafkaSender.create(SenderOptions.create(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
				KafkaBroker.bootstrapServers(), ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
				ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class)));
	}

}
