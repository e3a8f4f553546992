// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.nats.client.Connection;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the floor's spans of NATS say, and that the starter's say no less: it could be
 * cheaper by leaving things out.
 */
class NatsYardstickTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	// As many as get a link each.
	private static final int FETCHED = 100;

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final NatsServerProcess server = NatsServerProcess.start(NatsServerBinary.locate(System.out::println),
			NatsServerProcess.ANY_PORT);

	private final Connection other;

	NatsYardstickTests() throws Exception {
		this.other = Nats.connect(this.server.url());
	}

	@AfterEach
	void stop() throws Exception {
		this.other.close();
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void publishSpanSaysWhatTheConventionsAskFor(Variant variant) throws Exception {
		NatsClient client = client(variant);
		client.publish(ConnectedBenchmark.BODY);
		SpanData span = onlySpan();
		assertThat(span.getName()).isEqualTo("publish orders.created");
		assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
		assertThat(attributes(span)).containsExactlyInAnyOrderEntriesOf(common(client, "publish", "send"));
		client.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void publishSpanOfJetStreamAlsoSaysWhereTheMessageIs(Variant variant) throws Exception {
		addStream();
		NatsClient client = client(variant);
		client.publishAsync(ConnectedBenchmark.BODY).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		SpanData span = onlySpan();
		Map<String, Object> expected = common(client, "publish", "send");
		expected.put("messaging.nats.stream", "ORDERS");
		expected.put("messaging.nats.stream.sequence", 1L);
		assertThat(span.getName()).isEqualTo("publish orders.created");
		assertThat(attributes(span)).containsExactlyInAnyOrderEntriesOf(expected);
		client.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void processSpanIsChildOfTheSendSpanAndLinksToIt(Variant variant) throws Exception {
		NatsClient client = client(variant);
		Set<String> current = ConcurrentHashMap.newKeySet();
		client.handle((message) -> current.add(Span.current().getSpanContext().getSpanId()));
		client.connection.flush(LIMIT);
		this.other.publish(NatsClient.SUBJECT, NatsHandlerBenchmark.HEADERS, ConnectedBenchmark.BODY);
		SpanData span = onlySpan();
		Map<String, Object> expected = common(client, "process", "process");
		expected.put("messaging.consumer.group.name", "fulfilment");
		assertThat(span.getName()).isEqualTo("process orders.created");
		assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(span.getTraceId()).isEqualTo(EndlessConsumer.TRACE_ID);
		assertThat(span.getParentSpanId()).isEqualTo(EndlessConsumer.SPAN_ID);
		assertThat(span.getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(EndlessConsumer.SPAN_ID));
		assertThat(attributes(span)).containsExactlyInAnyOrderEntriesOf(expected);
		assertThat(current).containsExactly(span.getSpanId());
		client.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void fetchSpanSaysHowManyAndLinksToEachSend(Variant variant) throws Exception {
		NatsClient client = client(variant);
		fetchAndAck(client);
		SpanData span = spans("fetch orders.created").get(0);
		Map<String, Object> expected = jetStream(client, "fetch", "receive");
		expected.put("messaging.batch.message_count", (long) FETCHED);
		if (variant == Variant.STARTER) {
			expected.put("messaging.message.time_in_queue_source", "broker");
		}
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getParentSpanContext().isValid()).isFalse();
		assertThat(attributes(span)).containsExactlyInAnyOrderEntriesOf(expected);
		assertThat(span.getLinks()).hasSize(FETCHED).allSatisfy((link) -> {
			assertThat(link.getSpanContext().getSpanId()).isEqualTo(EndlessConsumer.SPAN_ID);
			assertThat(attributes(link.getAttributes())).containsKey("messaging.nats.stream.sequence")
				.hasSize((variant == Variant.FLOOR) ? 1 : 4);
		});
		client.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void everyAcknowledgmentIsASpanInTheTraceOfItsMessage(Variant variant) throws Exception {
		NatsClient client = client(variant);
		fetchAndAck(client);
		assertThat(spans("ack orders.created")).hasSize(FETCHED).allSatisfy((span) -> {
			assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(span.getTraceId()).isEqualTo(EndlessConsumer.TRACE_ID);
			assertThat(span.getParentSpanId()).isEqualTo(EndlessConsumer.SPAN_ID);
			assertThat(attributes(span)).containsAllEntriesOf(jetStream(client, "ack", "settle"))
				.containsKey("messaging.nats.stream.sequence")
				.hasSize((variant == Variant.FLOOR) ? 10 : 12);
		});
		client.close();
	}

	private void fetchAndAck(NatsClient client) throws Exception {
		addStream();
		for (int i = 0; i < FETCHED; i++) {
			this.other.jetStream().publish(NatsClient.SUBJECT, NatsHandlerBenchmark.HEADERS, ConnectedBenchmark.BODY);
		}
		this.other.jetStreamManagement()
			.addOrUpdateConsumer(NatsClient.STREAM,
					ConsumerConfiguration.builder()
						.durable(NatsClient.QUEUE)
						.filterSubject(NatsClient.SUBJECT)
						.build());
		JetStreamSubscription subscription = client.subscribe(NatsClient.QUEUE);
		assertThat(client.fetchAndAck(subscription, FETCHED)).isEqualTo(FETCHED);
	}

	private void addStream() throws Exception {
		this.other.jetStreamManagement()
			.addStream(StreamConfiguration.builder()
				.name(NatsClient.STREAM)
				.subjects(NatsClient.SUBJECT)
				.storageType(StorageType.Memory)
				.build());
	}

	private NatsClient client(Variant variant) throws Exception {
		return variant.create(SimpleSpanProcessor.create(this.exporter))
			.nats(new Options.Builder().server(this.server.url()).build());
	}

	private Map<String, Object> common(NatsClient client, String name, String type) {
		return new HashMap<>(Map.of("messaging.system", "nats", "messaging.operation.name", name,
				"messaging.operation.type", type, "messaging.destination.name", "orders.created", "messaging.client.id",
				Integer.toString(client.connection.getServerInfo().getClientId()), "server.address", "127.0.0.1",
				"server.port", (long) this.server.port()));
	}

	private Map<String, Object> jetStream(NatsClient client, String name, String type) {
		Map<String, Object> attributes = common(client, name, type);
		attributes.put("messaging.nats.stream", "ORDERS");
		attributes.put("messaging.destination.subscription.name", "fulfilment");
		return attributes;
	}

	private SpanData onlySpan() {
		Awaitility.await().atMost(LIMIT).until(() -> !this.exporter.getFinishedSpanItems().isEmpty());
		assertThat(this.exporter.getFinishedSpanItems()).hasSize(1);
		return this.exporter.getFinishedSpanItems().get(0);
	}

	private List<SpanData> spans(String name) {
		return this.exporter.getFinishedSpanItems().stream().filter((span) -> span.getName().equals(name)).toList();
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
