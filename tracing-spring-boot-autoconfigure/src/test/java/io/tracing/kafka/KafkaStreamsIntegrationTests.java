// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kafka Streams is not traced, but it passes the headers of a record on, and the context
 * in them: what is processed behind a stream belongs to the trace of what went in.
 */
class KafkaStreamsIntegrationTests {

	@TempDir
	private Path directory;

	@Test
	void contextPassesThroughAStreamUntouched() {
		String in = KafkaBroker.newTopic("stream-in");
		String out = KafkaBroker.newTopic("stream-out");
		try (TracedKafka kafka = TracedKafka.start(); KafkaStreams stream = stream(in, out)) {
			stream.start();
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
	}

	private KafkaStreams stream(String in, String out) {
		StreamsBuilder builder = new StreamsBuilder();
		builder.stream(in, Consumed.with(Serdes.String(), Serdes.String()))
			.mapValues((value) -> value.toUpperCase(Locale.ROOT))
			.to(out, Produced.with(Serdes.String(), Serdes.String()));
		Properties properties = new Properties();
		properties.putAll(Map.of(StreamsConfig.APPLICATION_ID_CONFIG, in, StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
				KafkaBroker.bootstrapServers(), StreamsConfig.STATE_DIR_CONFIG, this.directory.toString(),
				ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
		return new KafkaStreams(builder.build(), properties);
	}

}
