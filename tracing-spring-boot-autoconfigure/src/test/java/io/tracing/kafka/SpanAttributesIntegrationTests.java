// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.UUIDDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that is on a span, by the names that backends read, and nothing else.
 */
class SpanAttributesIntegrationTests {

	private static final String TIME_IN_QUEUE = "messaging.message.time_in_queue";

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void sendAndProcessAreComplete(SemanticConventions conventions) {
		String topic = KafkaBroker.newTopic("attributes");
		try (TracedKafka kafka = builder(conventions).start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, "order-42", "a book"));
			SpanData send = kafka.spans().await("send " + topic);
			SpanData process = kafka.spans().await("process " + topic);

			assertThat(attributes(send)).isEqualTo(renamed(conventions, sendAttributes(topic)));
			Map<String, Object> processAttributes = attributes(process);
			assertThat((Double) processAttributes.remove(TIME_IN_QUEUE)).isBetween(0.0, 60.0);
			assertThat(processAttributes).isEqualTo(renamed(conventions, processAttributes(topic)));

			assertThat(send.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(send.getParentSpanContext().isValid()).isFalse();
			assertThat(send.getLinks()).isEmpty();
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getTraceId()).isEqualTo(send.getTraceId());
			assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(process.getLinks()).extracting(LinkData::getSpanContext).singleElement().satisfies((link) -> {
				assertThat(link.getTraceId()).isEqualTo(send.getTraceId());
				assertThat(link.getSpanId()).isEqualTo(send.getSpanId());
			});
			for (SpanData span : List.of(send, process)) {
				assertThat(span.getStatus()).isEqualTo(StatusData.unset());
				assertThat(span.getEvents()).isEmpty();
				assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.tracing");
				assertThat(span.getInstrumentationScopeInfo().getSchemaUrl())
					.isEqualTo("https://opentelemetry.io/schemas/"
							+ ((conventions == SemanticConventions.V1_44) ? "1.44.0" : "1.45.0"));
			}
		}
	}

	@Test
	void samplerSeesWhatIsKnownAtTheStart() {
		String topic = KafkaBroker.newTopic("attributes");
		List<Map<String, Object>> seen = new CopyOnWriteArrayList<>();
		try (TracedKafka kafka = builder(SemanticConventions.V1_44)
			.tracers((tracers) -> tracers.setSampler(new RecordingSampler(seen)))
			.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, 0, "order-42", "a book"));
			kafka.spans().await("process " + topic);
			Map<String, Object> send = sendAttributes(topic);
			send.remove("messaging.kafka.offset");
			assertThat(seen.get(0)).isEqualTo(send);
			seen.get(1).remove(TIME_IN_QUEUE);
			assertThat(seen.get(1)).isEqualTo(processAttributes(topic));
		}
	}

	@Test
	void keyOfTextIsWrittenAsItIs() {
		assertKey("order-42", "order-42", null);
		assertKey(null, null, null);
	}

	@Test
	void keyOfANumberOrUuidIsWrittenAsText() {
		assertKey(42L, "42", LongDeserializer.class);
		UUID uuid = UUID.randomUUID();
		assertKey(uuid, uuid.toString(), UUIDDeserializer.class);
	}

	@Test
	void keyOfBytesIsNotWritten() {
		assertKey(new byte[] { 1, 2 }, null, ByteArrayDeserializer.class);
	}

	private static void assertKey(@Nullable Object key, @Nullable String expected, @Nullable Class<?> deserializer) {
		String topic = KafkaBroker.newTopic("attributes");
		TracedKafka.Builder builder = TracedKafka.builder();
		if (deserializer != null) {
			builder.consumer(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, deserializer);
		}
		try (TracedKafka kafka = builder.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, key, "a book"));
			for (String operation : List.of("send ", "process ")) {
				assertThat(attributes(kafka.spans().await(operation + topic)).get("messaging.kafka.message.key"))
					.isEqualTo(expected);
			}
		}
	}

	@Test
	void keyIsNotWrittenIfSwitchedOff() {
		String topic = KafkaBroker.newTopic("attributes");
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.captureKey(false)).start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, "personal", "a book"));
			for (String operation : List.of("send ", "process ")) {
				assertThat(attributes(kafka.spans().await(operation + topic)))
					.doesNotContainKey("messaging.kafka.message.key");
			}
		}
	}

	@Test
	void nullValueIsATombstone() {
		String topic = KafkaBroker.newTopic("attributes");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, "order-42", null));
			for (String operation : List.of("send ", "process ")) {
				assertThat(attributes(kafka.spans().await(operation + topic)))
					.containsEntry("messaging.kafka.message.tombstone", true);
			}
		}
	}

	@Test
	void offsetIsAbsentWhereNobodyKnowsIt() {
		String topic = KafkaBroker.newTopic("attributes");
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(ProducerConfig.ACKS_CONFIG, "0")
			.producer(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false)
			.start()) {
			kafka.send(topic, "a book");
			assertThat(attributes(kafka.spans().await("send " + topic))).doesNotContainKey("messaging.kafka.offset")
				.containsEntry("messaging.destination.partition.id", "0");
		}
	}

	@ParameterizedTest
	@CsvSource({ "0", "69" })
	void partitionIsText(int partition) {
		String topic = KafkaBroker.newTopic("attributes", partition + 1, Map.of());
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(new ProducerRecord<>(topic, partition, "order-42", "a book"));
			assertThat(attributes(kafka.spans().await("send " + topic)))
				.containsEntry("messaging.destination.partition.id", String.valueOf(partition));
		}
	}

	@Test
	void serverIsAbsentIfThereAreSeveral() {
		String topic = KafkaBroker.newTopic("attributes");
		String servers = KafkaBroker.bootstrapServers() + ","
				+ KafkaBroker.bootstrapServers().replace("localhost", "127.0.0.1");
		try (TracedKafka kafka = TracedKafka.builder()
			.producer(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers)
			.consumer(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers)
			.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(topic, "a book");
			for (String operation : List.of("send ", "process ")) {
				assertThat(attributes(kafka.spans().await(operation + topic))).doesNotContainKeys("server.address",
						"server.port");
			}
		}
	}

	private static TracedKafka.Builder builder(SemanticConventions conventions) {
		return TracedKafka.builder()
			.messaging((messaging) -> messaging.conventions(conventions))
			.producer(CommonClientConfigs.CLIENT_ID_CONFIG, "shop")
			.consumer(CommonClientConfigs.CLIENT_ID_CONFIG, "till");
	}

	private static Map<String, Object> sendAttributes(String topic) {
		Map<String, Object> attributes = commonAttributes(topic);
		attributes.put("messaging.operation.name", "send");
		attributes.put("messaging.operation.type", "send");
		attributes.put("messaging.client.id", "shop-1");
		return attributes;
	}

	private static Map<String, Object> processAttributes(String topic) {
		Map<String, Object> attributes = commonAttributes(topic);
		attributes.put("messaging.operation.name", "process");
		attributes.put("messaging.operation.type", "process");
		attributes.put("messaging.client.id", "till-0");
		attributes.put("messaging.consumer.group.name", "billing");
		attributes.put("messaging.message.time_in_queue_source", "producer");
		return attributes;
	}

	private static Map<String, Object> commonAttributes(String topic) {
		String[] server = KafkaBroker.bootstrapServers().split(":");
		return new HashMap<>(Map.of("messaging.system", "kafka", "messaging.destination.name", topic,
				"messaging.destination.partition.id", "0", "messaging.kafka.offset", 0L, "messaging.kafka.message.key",
				"order-42", "server.address", server[0], "server.port", Long.valueOf(server[1])));
	}

	private static Map<String, Object> renamed(SemanticConventions conventions, Map<String, Object> attributes) {
		Map<String, String> names = Map.of("messaging.system", "messaging.system.name", "messaging.kafka.offset",
				"kafka.offset", "messaging.kafka.message.key", "kafka.message.key");
		Map<String, Object> result = new HashMap<>();
		attributes.forEach((name, value) -> {
			String newName = names.getOrDefault(name, name);
			if (conventions != SemanticConventions.V1_45) {
				result.put(name, value);
			}
			if (conventions != SemanticConventions.V1_44) {
				result.put(newName, value);
				if (conventions == SemanticConventions.V1_45 && !newName.equals(name)) {
					result.remove(name);
				}
			}
		});
		return result;
	}

	private static Map<String, Object> attributes(SpanData span) {
		return toMap(span.getAttributes());
	}

	private static Map<String, Object> toMap(Attributes attributes) {
		Map<String, Object> map = new HashMap<>();
		attributes.asMap().forEach((key, value) -> map.put(((AttributeKey<?>) key).getKey(), value));
		return map;
	}

	private record RecordingSampler(List<Map<String, Object>> seen) implements Sampler {

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			this.seen.add(new HashMap<>(toMap(attributes)));
			return SamplingResult.recordAndSample();
		}

		@Override
		public String getDescription() {
			return "recording";
		}

	}

}
