// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.listener.BatchMessageListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The process span of a batch, its links, and which attributes are on which.
 */
class BatchSpansIntegrationTests {

	private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

	private static final AttributeKey<String> KEY = AttributeKey.stringKey("messaging.kafka.message.key");

	private static final AttributeKey<Boolean> TOMBSTONE = AttributeKey.booleanKey("messaging.kafka.message.tombstone");

	private final Batches batches = new Batches();

	@Test
	void batchOfOnePartitionIsOneSpanThatLinksToEachSend() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(new ProducerRecord<>(topic, "k-0", "first"));
			kafka.send(new ProducerRecord<>(topic, "k-1", "second"));
			kafka.send(new ProducerRecord<>(topic, "k-2", null));
			kafka.listenInBatches(topic, this.batches);
			List<SpanData> sends = kafka.spans().await("send " + topic, 3);
			SpanData process = kafka.spans().await("process " + topic);

			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(process.getStatus()).isEqualTo(StatusData.unset());
			assertThat(process.getAttributes().asMap()).containsEntry(MessagingAttributes.BATCH_MESSAGE_COUNT, 3L)
				.containsEntry(MessagingAttributes.DESTINATION_NAME, topic)
				.containsEntry(MessagingAttributes.PARTITION_ID, "0")
				.containsEntry(MessagingAttributes.OPERATION_NAME, "process")
				.containsEntry(MessagingAttributes.OPERATION_TYPE, "process")
				.containsEntry(MessagingAttributes.CONSUMER_GROUP_NAME, "billing")
				.containsEntry(AttributeKey.stringKey("messaging.system"), "kafka")
				.containsKey(MessagingAttributes.CLIENT_ID)
				.containsKey(MessagingAttributes.SERVER_ADDRESS)
				.containsEntry(MessagingAttributes.TIME_IN_QUEUE_SOURCE, "producer")
				.doesNotContainKey(OFFSET)
				.doesNotContainKey(KEY)
				.doesNotContainKey(TOMBSTONE)
				.doesNotContainKey(MessagingAttributes.TIME_IN_QUEUE)
				.doesNotContainKey(MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT);
			assertThat(linkedSpans(process)).containsExactlyElementsOf(spanIds(sends));
			assertThat(process.getLinks()).extracting((link) -> attributes(link))
				.containsExactly(Attributes.of(OFFSET, 0L, KEY, "k-0"), Attributes.of(OFFSET, 1L, KEY, "k-1"),
						Attributes.of(OFFSET, 2L, KEY, "k-2", TOMBSTONE, true));
			assertThat(process.getLinks()).allSatisfy((link) -> assertThat(link.getAttributes().asMap())
				.doesNotContainKey(MessagingAttributes.TIME_IN_QUEUE_SOURCE)
				.hasEntrySatisfying(MessagingAttributes.TIME_IN_QUEUE,
						(seconds) -> assertThat((Double) seconds).isNotNegative()));
			assertThat(this.batches.spans).as("spans current in the listener").containsExactly(process.getSpanId());
		}
	}

	@Test
	void offsetAndKeyAreOnTheLinkEvenOfASingleRecord() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(new ProducerRecord<>(topic, "k", "a book"));
			kafka.listenInBatches(topic, this.batches);
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getAttributes().get(OFFSET)).isNull();
			assertThat(process.getAttributes().get(KEY)).isNull();
			assertThat(process.getLinks()).singleElement()
				.satisfies((link) -> assertThat(attributes(link)).isEqualTo(Attributes.of(OFFSET, 0L, KEY, "k")));
		}
	}

	@Test
	void partitionIsOnTheLinksWhereItDiffers() {
		String topic = KafkaBroker.newTopic("batch", 2, Map.of());
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(new ProducerRecord<>(topic, 0, null, "first"));
			kafka.send(new ProducerRecord<>(topic, 1, null, "second"));
			kafka.listenInBatches(this.batches, (container) -> {
			}, new TopicPartition(topic, 0), new TopicPartition(topic, 1));
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getAttributes().get(MessagingAttributes.PARTITION_ID)).isNull();
			assertThat(process.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(2);
			assertThat(process.getLinks()).extracting((link) -> attributes(link))
				.containsExactlyInAnyOrder(Attributes.of(OFFSET, 0L, MessagingAttributes.PARTITION_ID, "0"),
						Attributes.of(OFFSET, 0L, MessagingAttributes.PARTITION_ID, "1"));
		}
	}

	@Test
	void topicIsOnTheLinksWhereItDiffers() {
		String orders = KafkaBroker.newTopic("batch-orders");
		String refunds = KafkaBroker.newTopic("batch-refunds");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(orders, "an order");
			kafka.send(refunds, "a refund");
			kafka.listenInBatches(this.batches, (container) -> {
			}, new TopicPartition(orders, 0), new TopicPartition(refunds, 0));
			SpanData process = kafka.spans().await("process");
			assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).isNull();
			assertThat(process.getAttributes().get(MessagingAttributes.PARTITION_ID)).isNull();
			assertThat(process.getLinks()).extracting((link) -> attributes(link))
				.containsExactlyInAnyOrder(
						Attributes.of(OFFSET, 0L, MessagingAttributes.DESTINATION_NAME, orders,
								MessagingAttributes.PARTITION_ID, "0"),
						Attributes.of(OFFSET, 0L, MessagingAttributes.DESTINATION_NAME, refunds,
								MessagingAttributes.PARTITION_ID, "0"));
		}
	}

	@Test
	void clockIsOnTheLinksWhereItDiffers() {
		String orders = KafkaBroker.newTopic("batch-orders");
		String refunds = KafkaBroker.newTopic("batch-refunds", 1, Map.of("message.timestamp.type", "LogAppendTime"));
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.send(orders, "an order");
			kafka.send(refunds, "a refund");
			kafka.listenInBatches(this.batches, (container) -> {
			}, new TopicPartition(orders, 0), new TopicPartition(refunds, 0));
			SpanData process = kafka.spans().await("process");
			assertThat(process.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE_SOURCE)).isNull();
			assertThat(process.getLinks())
				.extracting((link) -> link.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE_SOURCE))
				.containsExactlyInAnyOrder("producer", "broker");
			assertThat(process.getLinks())
				.extracting((link) -> link.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE))
				.doesNotContainNull();
		}
	}

	@Test
	void excludedTopicsOfABatchDoNotCount() {
		String orders = KafkaBroker.newTopic("batch-orders");
		String secret = KafkaBroker.newTopic("batch-secret");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.topics((topic) -> !topic.startsWith("batch-secret")))
			.start()) {
			kafka.send(orders, "an order");
			kafka.send(new ProducerRecord<>(secret, 0, null, null, "a secret", headers(TraceParentVector.VALID, "")));
			kafka.listenInBatches(this.batches, (container) -> {
			}, new TopicPartition(orders, 0), new TopicPartition(secret, 0));
			SpanData process = kafka.spans().await("process " + orders);
			assertThat(this.batches.await(2)).containsExactlyInAnyOrder("an order", "a secret");
			assertThat(process.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(1);
			assertThat(process.getAttributes().get(MessagingAttributes.PARTITION_ID)).isEqualTo("0");
			assertThat(process.getLinks()).hasSize(1);
		}
	}

	@Test
	void batchOfExcludedTopicsHasNoSpan() {
		String topic = KafkaBroker.newTopic("batch-secret");
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.topics((name) -> false)).start()) {
			kafka.send(topic, "a secret");
			kafka.listenInBatches(topic, this.batches);
			assertThat(this.batches.await(1)).containsExactly("a secret");
			assertThat(kafka.spans().ended()).isEmpty();
			assertThat(this.batches.spans).containsExactly(Span.getInvalid().getSpanContext().getSpanId());
		}
	}

	@Test
	void recordsWithoutAContextAreCountedButNotLinked() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start(); TracedKafka untraced = untraced()) {
			untraced.send(topic, "from elsewhere");
			kafka.send(topic, "ours");
			kafka.listenInBatches(topic, this.batches);
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(2);
			assertThat(process.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getAttributes().get(OFFSET)).isEqualTo(1));
		}
	}

	@Test
	void recordsOfOneTraceAreLinkedEachToItsOwnSend() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			Span request = kafka.sdk().getTracer("test").spanBuilder("request").startSpan();
			Context.root().with(request).wrap(() -> {
				kafka.send(topic, "first");
				kafka.send(topic, "second");
			}).run();
			request.end();
			kafka.listenInBatches(topic, this.batches);
			List<SpanData> sends = kafka.spans().await("send " + topic, 2);
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(linkedSpans(process)).containsExactlyElementsOf(spanIds(sends));
			assertThat(process.getLinks()).extracting((link) -> link.getSpanContext().getTraceId())
				.containsOnly(request.getSpanContext().getTraceId());
			assertThat(process.getTraceId()).isNotEqualTo(request.getSpanContext().getTraceId());
		}
	}

	@Test
	void binaryKeyIsNoAttribute() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.builder()
			.consumer(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class)
			.start()) {
			kafka.send(new ProducerRecord<>(topic, UUID.randomUUID().toString(), "a book"));
			kafka.listenInBatches(topic, this.batches);
			assertThat(kafka.spans().await("process " + topic).getLinks()).singleElement()
				.satisfies((link) -> assertThat(attributes(link)).isEqualTo(Attributes.of(OFFSET, 0L)));
		}
	}

	@Test
	void recordsBeyondTheLimitOfLinksAreCounted() {
		String topic = KafkaBroker.newTopic("batch");
		try (TracedKafka kafka = TracedKafka.start()) {
			for (int i = 0; i < 300; i++) {
				kafka.template().send(topic, "a book");
			}
			kafka.template().flush();
			kafka.listenInBatches(topic, this.batches);
			assertThat(this.batches.await(300)).hasSize(300);
			List<SpanData> processed = Awaitility.await()
				.until(() -> kafka.spans().named("process " + topic),
						(spans) -> sum(spans, MessagingAttributes.BATCH_MESSAGE_COUNT) == 300);
			assertThat(processed).allSatisfy((span) -> {
				assertThat(span.getLinks()).hasSizeLessThanOrEqualTo(128);
				assertThat(span.getTotalRecordedLinks()).as("of which the SDK dropped none")
					.isEqualTo(span.getLinks().size());
			});
			assertThat(processed.stream().mapToLong((span) -> span.getLinks().size()).sum()
					+ sum(processed, MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT))
				.isEqualTo(300);
			assertThat(sum(processed, MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT)).isPositive();
		}
	}

	@Test
	void hostileHeadersHoldNoRecordBack() {
		String topic = KafkaBroker.newTopic("batch");
		List<TraceParentVector> vectors = TraceParentVector.all();
		try (TracedKafka kafka = TracedKafka.start(); TracedKafka untraced = untraced()) {
			for (TraceParentVector vector : vectors) {
				untraced.send(new ProducerRecord<>(topic, 0, null, null, vector.id(),
						headers(vector.traceparent(), vector.tracestate())));
			}
			kafka.listenInBatches(topic, this.batches);
			assertThat(this.batches.await(vectors.size()))
				.containsExactlyElementsOf(vectors.stream().map(TraceParentVector::id).toList());
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(vectors.size());
			List<Long> linked = process.getLinks().stream().map((link) -> link.getAttributes().get(OFFSET)).toList();
			for (int offset = 0; offset < vectors.size(); offset++) {
				switch (vectors.get(offset).expected()) {
					case ACCEPT -> assertThat(linked).as(vectors.get(offset).id()).contains((long) offset);
					case REJECT -> assertThat(linked).as(vectors.get(offset).id()).doesNotContain((long) offset);
					case EITHER -> {
					}
				}
			}
		}
	}

	private static Headers headers(String traceparent, String tracestate) {
		Headers headers = new RecordHeaders();
		if (!traceparent.isEmpty()) {
			headers.add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
		}
		if (!tracestate.isEmpty()) {
			headers.add("tracestate", tracestate.getBytes(StandardCharsets.UTF_8));
		}
		return headers;
	}

	private static TracedKafka untraced() {
		return TracedKafka.builder().kafka((builder) -> builder.topics((topic) -> false)).start();
	}

	/** All but the time in queue, which differs from run to run. */
	private static Attributes attributes(LinkData link) {
		return link.getAttributes()
			.toBuilder()
			.remove(MessagingAttributes.TIME_IN_QUEUE)
			.remove(MessagingAttributes.TIME_IN_QUEUE_SOURCE)
			.build();
	}

	private static List<String> linkedSpans(SpanData span) {
		return span.getLinks().stream().map((link) -> link.getSpanContext().getSpanId()).toList();
	}

	private static List<String> spanIds(List<SpanData> spans) {
		return spans.stream().map(SpanData::getSpanId).toList();
	}

	private static long sum(List<SpanData> spans, AttributeKey<Long> key) {
		return spans.stream().mapToLong((span) -> {
			Long value = span.getAttributes().get(key);
			return (value != null) ? value : 0;
		}).sum();
	}

	/** Notes each value, and the span that was current for its batch. */
	private static final class Batches implements BatchMessageListener<Object, Object> {

		private final List<String> values = new CopyOnWriteArrayList<>();

		private final List<String> spans = new CopyOnWriteArrayList<>();

		@Override
		public void onMessage(List<ConsumerRecord<Object, Object>> records) {
			this.spans.add(Span.fromContext(Context.current()).getSpanContext().getSpanId());
			records.forEach((record) -> this.values.add(String.valueOf(record.value())));
		}

		List<String> await(int count) {
			return Awaitility.await(count + " records processed")
				.until(() -> List.copyOf(this.values), (values) -> values.size() >= count);
		}

	}

}
