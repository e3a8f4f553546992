// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.Map;
import java.util.stream.Collectors;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * The floor is an honest yardstick only while it does all that the conventions ask for.
 */
class FloorTests {

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final Tracing floor = Variant.FLOOR.create(SimpleSpanProcessor.create(this.exporter));

	@Test
	void sendSpanSaysWhatTheConventionsAskFor() {
		MockProducerFactory producerFactory = new MockProducerFactory();
		this.floor.trace(new KafkaTemplate<>(producerFactory)).send(Fixture.TOPIC, Fixture.KEY, Fixture.VALUE);
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
	void processSpanSaysWhatTheConventionsAskFor() throws InterruptedException {
		EndlessConsumer consumer = new EndlessConsumer();
		var container = this.floor.trace(ProcessBenchmark.listenerContainer(consumer, (record) -> {
		}));
		container.start();
		try {
			consumer.handOver(1);
		}
		finally {
			container.stop();
		}
		SpanData span = this.exporter.getFinishedSpanItems().get(0);
		assertThat(span.getName()).isEqualTo("process orders");
		assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(span.getTraceId()).isEqualTo(EndlessConsumer.TRACE_ID);
		assertThat(span.getParentSpanId()).isEqualTo(EndlessConsumer.SPAN_ID);
		assertThat(span.getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(EndlessConsumer.SPAN_ID));
		assertThat(attributes(span)).containsOnly(entry("messaging.system", "kafka"),
				entry("messaging.operation.name", "process"), entry("messaging.operation.type", "process"),
				entry("messaging.destination.name", "orders"), entry("messaging.destination.partition.id", "0"),
				entry("messaging.kafka.offset", 0L), entry("messaging.kafka.message.key", "order-4711"),
				entry("messaging.consumer.group.name", "fulfilment"),
				entry("messaging.client.id", "fulfilment-consumer-0"), entry("server.address", "kafka.example.com"),
				entry("server.port", 9092L));
	}

	private static Map<String, Object> attributes(SpanData span) {
		return span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.collect(Collectors.toMap((attribute) -> attribute.getKey().getKey(), Map.Entry::getValue));
	}

}
