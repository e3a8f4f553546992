// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.GenericMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * What the floor's spans say, and that the starter's say no less: it could be cheaper by
 * leaving things out.
 */
class YardstickTests {

	private static final Map<String, Object> PROCESS_ATTRIBUTES = Map.ofEntries(entry("messaging.system", "kafka"),
			entry("messaging.operation.name", "process"), entry("messaging.operation.type", "process"),
			entry("messaging.destination.name", "orders"), entry("messaging.destination.partition.id", "0"),
			entry("messaging.kafka.offset", 0L), entry("messaging.kafka.message.key", "order-4711"),
			entry("messaging.consumer.group.name", "fulfilment"), entry("messaging.client.id", "fulfilment-consumer-0"),
			entry("server.address", "kafka.example.com"), entry("server.port", 9092L));

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void sendSpanSaysWhatTheConventionsAskFor(Variant variant) {
		tracing(variant).trace(new KafkaTemplate<>(new MockProducerFactory()))
			.send(Fixture.TOPIC, Fixture.KEY, Fixture.VALUE);
		assertThat(this.exporter.getFinishedSpanItems()).singleElement().satisfies((span) -> {
			assertThat(span.getName()).isEqualTo("send orders");
			assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(span.getParentSpanContext().isValid()).isFalse();
			assertThat(attributes(span)).containsOnly(entry("messaging.system", "kafka"),
					entry("messaging.operation.name", "send"), entry("messaging.operation.type", "send"),
					entry("messaging.destination.name", "orders"), entry("messaging.destination.partition.id", "0"),
					entry("messaging.kafka.offset", 0L), entry("messaging.kafka.message.key", "order-4711"),
					entry("messaging.client.id", "orders-producer"), entry("server.address", "kafka.example.com"),
					entry("server.port", 9092L));
		});
	}

	@Test
	void floorsProcessSpanSaysWhatTheConventionsAskFor() throws InterruptedException {
		assertThat(attributes(processSpan(Variant.FLOOR))).containsExactlyInAnyOrderEntriesOf(PROCESS_ATTRIBUTES);
	}

	@Test
	void startersProcessSpanAlsoSaysTheTimeInQueue() throws InterruptedException {
		assertThat(attributes(processSpan(Variant.STARTER))).containsAllEntriesOf(PROCESS_ATTRIBUTES)
			.containsKeys("messaging.message.time_in_queue", "messaging.message.time_in_queue_source")
			.hasSize(PROCESS_ATTRIBUTES.size() + 2);
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void processSpanIsChildOfTheSendSpanAndLinksToIt(Variant variant) throws InterruptedException {
		SpanData span = processSpan(variant);
		assertThat(span.getName()).isEqualTo("process orders");
		assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(span.getTraceId()).isEqualTo(EndlessConsumer.TRACE_ID);
		assertThat(span.getParentSpanId()).isEqualTo(EndlessConsumer.SPAN_ID);
		assertThat(span.getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(EndlessConsumer.SPAN_ID));
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void spanIsCurrentInTheListener(Variant variant) throws InterruptedException {
		Set<String> current = ConcurrentHashMap.newKeySet();
		process(variant, (record) -> current.add(Span.current().getSpanContext().getSpanId()));
		assertThat(current).hasSize(EndlessConsumer.RECORDS_PER_POLL)
			.containsAll(this.exporter.getFinishedSpanItems().stream().map(SpanData::getSpanId).toList());
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void batchSpanSaysWhatTheConventionsAskForAndLinksToEachSend(Variant variant) throws InterruptedException {
		process(variant, new EndlessConsumer(BatchBenchmark.RECORDS_PER_POLL),
				(BatchMessageListener<String, String>) (records) -> {
				});
		assertThat(this.exporter.getFinishedSpanItems()).singleElement().satisfies((span) -> {
			Map<String, Object> expected = new HashMap<>(PROCESS_ATTRIBUTES);
			expected.keySet().removeAll(List.of("messaging.kafka.offset", "messaging.kafka.message.key"));
			expected.put("messaging.batch.message_count", (long) BatchBenchmark.RECORDS_PER_POLL);
			if (variant == Variant.STARTER) {
				expected.put("messaging.message.time_in_queue_source", "producer");
			}
			assertThat(span.getName()).isEqualTo("process orders");
			assertThat(span.getParentSpanContext().isValid()).isFalse();
			assertThat(attributes(span)).containsExactlyInAnyOrderEntriesOf(expected);
			assertThat(span.getLinks()).hasSize(BatchBenchmark.RECORDS_PER_POLL).allSatisfy((link) -> {
				assertThat(link.getSpanContext().getSpanId()).isEqualTo(EndlessConsumer.SPAN_ID);
				assertThat(attributes(link.getAttributes())).containsKey("messaging.kafka.offset")
					.containsEntry("messaging.kafka.message.key", "order-4711")
					.hasSize((variant == Variant.FLOOR) ? 2 : 3);
			});
		});
	}

	private SpanData processSpan(Variant variant) throws InterruptedException {
		process(variant, (record) -> {
		});
		return this.exporter.getFinishedSpanItems().get(0);
	}

	private void process(Variant variant, MessageListener<String, String> listener) throws InterruptedException {
		process(variant, new EndlessConsumer(), listener);
	}

	private void process(Variant variant, EndlessConsumer consumer, GenericMessageListener<?> listener)
			throws InterruptedException {
		MessageListenerContainer container = ProcessBenchmark.start(tracing(variant), consumer, listener);
		try {
			consumer.handOver(1);
		}
		finally {
			container.stop();
		}
	}

	private Tracing tracing(Variant variant) {
		return variant.create(SimpleSpanProcessor.create(this.exporter));
	}

	private static Map<String, Object> attributes(SpanData span) {
		return attributes(span.getAttributes());
	}

	private static Map<String, Object> attributes(Attributes attributes) {
		return attributes.asMap()
			.entrySet()
			.stream()
			.collect(Collectors.toMap((attribute) -> attribute.getKey().getKey(), Map.Entry::getValue));
	}

}
