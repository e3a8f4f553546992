// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ServerInfo;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that is on a span of a delivery or a settlement, by the names that backends
 * read, and nothing else, against a real server.
 */
class DeliveryAttributesIntegrationTests {

	private static final String TIME_IN_QUEUE = "messaging.message.time_in_queue";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Map<String, String> RENAMED = Map.of("messaging.system", "messaging.system.name",
			"messaging.nats.stream", "nats.stream", "messaging.nats.stream.sequence", "nats.stream.sequence",
			"messaging.nats.consumer.sequence", "nats.consumer.sequence", "messaging.nats.message.delivery_count",
			"nats.message.delivery_count");

	private final String subject = NatsServer.newName("attributes");

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void handler(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = start(conventions)) {
			nats.connection().createDispatcher((message) -> {
			}).subscribe(this.subject + ".*", "billing");
			nats.connection().publish(this.subject + ".created", new Headers().put("Nats-Msg-Id", "order-42"), null);
			SpanData process = nats.spans().await("process " + this.subject + ".*");
			Map<String, Object> expected = common(nats, "process", "process");
			expected.put("messaging.destination.name", this.subject + ".created");
			expected.put("messaging.destination.template", this.subject + ".*");
			expected.put("messaging.consumer.group.name", "billing");
			expected.put("messaging.message.id", "order-42");
			assertThat(attributes(process.getAttributes())).isEqualTo(renamed(conventions, expected));
			assertScope(process, conventions);
		}
	}

	@Test
	void handlerWithoutGroupOrWildcard() throws Exception {
		try (TracedNats nats = start(SemanticConventions.V1_44)) {
			nats.connection().createDispatcher((message) -> {
			}).subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			Map<String, Object> expected = common(nats, "process", "process");
			expected.put("messaging.destination.name", this.subject);
			assertThat(attributes(nats.spans().await("process " + this.subject).getAttributes())).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void fetchedProcessedAndAcknowledged(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = start(conventions)) {
			String pattern = this.subject + ".>";
			Message message = fetchOne(nats, pattern);
			nats.tracing().process(message, Message::ack);

			SpanData fetch = nats.spans().await("fetch " + pattern);
			Map<String, Object> expected = common(nats, "fetch", "receive");
			expected.put("messaging.destination.template", pattern);
			expected.put("messaging.batch.message_count", 1L);
			expected.put("messaging.message.time_in_queue_source", "broker");
			consumer(expected);
			assertThat(attributes(fetch.getAttributes())).isEqualTo(renamed(conventions, expected));
			assertThat(fetch.getKind()).isEqualTo(SpanKind.CLIENT);

			LinkData link = fetch.getLinks().get(0);
			Map<String, Object> ofLink = attributes(link.getAttributes());
			assertThat((Double) ofLink.remove(TIME_IN_QUEUE)).isBetween(0.0, 60.0);
			expected = new HashMap<>(Map.of("messaging.destination.name", this.subject + ".created"));
			expected.put("messaging.message.id", "order-42");
			delivery(expected);
			assertThat(ofLink).isEqualTo(renamed(conventions, expected));

			SpanData process = nats.spans().await("process " + pattern);
			Map<String, Object> ofProcess = attributes(process.getAttributes());
			assertThat((Double) ofProcess.remove(TIME_IN_QUEUE)).isBetween(0.0, 60.0);
			expected.putAll(common(nats, "process", "process"));
			expected.put("messaging.destination.template", pattern);
			expected.put("messaging.message.time_in_queue_source", "broker");
			consumer(expected);
			assertThat(ofProcess).isEqualTo(renamed(conventions, expected));
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);

			SpanData ack = nats.spans().await("ack " + pattern);
			expected = common(nats, "ack", "settle");
			expected.put("messaging.destination.name", this.subject + ".created");
			expected.put("messaging.destination.template", pattern);
			consumer(expected);
			delivery(expected);
			assertThat(attributes(ack.getAttributes())).isEqualTo(renamed(conventions, expected));
			assertThat(ack.getKind()).isEqualTo(SpanKind.CLIENT);
			for (SpanData span : List.of(fetch, process, ack)) {
				assertScope(span, conventions);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void received(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = start(conventions)) {
			nats.createStream(this.subject);
			publish(nats);
			JetStreamSubscription subscription = nats.connection().jetStream().subscribe(this.subject + ".*");
			subscription.nextMessage(PATIENCE).ack();
			SpanData receive = nats.spans().await("receive " + this.subject + ".*");
			Map<String, Object> actual = attributes(receive.getAttributes());
			assertThat((Double) actual.remove(TIME_IN_QUEUE)).isBetween(0.0, 60.0);
			assertThat((String) actual.remove("messaging.destination.subscription.name")).as("made up by the client")
				.isNotBlank();
			Map<String, Object> expected = common(nats, "receive", "receive");
			expected.put("messaging.destination.name", this.subject + ".created");
			expected.put("messaging.destination.template", this.subject + ".*");
			expected.put("messaging.message.id", "order-42");
			expected.put("messaging.message.time_in_queue_source", "broker");
			expected.put("messaging.nats.stream", this.subject);
			delivery(expected);
			assertThat(actual).isEqualTo(renamed(conventions, expected));
			assertThat(receive.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(receive.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(nats.spans().await("publish " + this.subject + ".created").getSpanId());
		}
	}

	@Test
	void headersThatAreNamedAreCaptured() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.captureHeaders(List.of("Tenant", "Absent")))
			.start()) {
			nats.connection().createDispatcher((message) -> {
			}).subscribe(this.subject);
			nats.connection()
				.publish(this.subject, new Headers().add("Tenant", "acme", "umbrella").add("Secret", "swordfish"),
						null);
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(attributes(process.getAttributes()))
				.containsEntry("messaging.header.Tenant", List.of("acme", "umbrella"))
				.doesNotContainKey("messaging.header.Absent")
				.doesNotContainKey("messaging.header.Secret");
		}
	}

	private TracedNats start(SemanticConventions conventions) {
		return TracedNats.builder().messaging((messaging) -> messaging.conventions(conventions)).start();
	}

	private Message fetchOne(TracedNats nats, String pattern) throws Exception {
		nats.createStream(this.subject);
		publish(nats);
		return nats.connection()
			.jetStream()
			.subscribe(pattern, PullSubscribeOptions.builder().durable("billing").build())
			.fetch(1, PATIENCE)
			.get(0);
	}

	private void publish(TracedNats nats) throws Exception {
		nats.connection()
			.jetStream()
			.publish(this.subject + ".created", null, PublishOptions.builder().messageId("order-42").build());
	}

	private void consumer(Map<String, Object> attributes) {
		attributes.put("messaging.destination.subscription.name", "billing");
		attributes.put("messaging.nats.stream", this.subject);
	}

	private static void delivery(Map<String, Object> attributes) {
		attributes.put("messaging.nats.stream.sequence", 1L);
		attributes.put("messaging.nats.consumer.sequence", 1L);
		attributes.put("messaging.nats.message.delivery_count", 1L);
	}

	private static Map<String, Object> common(TracedNats nats, String name, String type) {
		ServerInfo server = nats.raw().getServerInfo();
		return new HashMap<>(Map.of("messaging.system", "nats", "messaging.operation.name", name,
				"messaging.operation.type", type, "messaging.client.id", String.valueOf(server.getClientId()),
				"server.address", "127.0.0.1", "server.port", (long) server.getPort()));
	}

	private static void assertScope(SpanData span, SemanticConventions conventions) {
		assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.tracing");
		assertThat(span.getInstrumentationScopeInfo().getSchemaUrl()).isEqualTo("https://opentelemetry.io/schemas/"
				+ ((conventions == SemanticConventions.V1_44) ? "1.44.0" : "1.45.0"));
	}

	private static Map<String, Object> renamed(SemanticConventions conventions, Map<String, Object> attributes) {
		Map<String, Object> result = new HashMap<>();
		attributes.forEach((name, value) -> {
			if (conventions != SemanticConventions.V1_45 || !RENAMED.containsKey(name)) {
				result.put(name, value);
			}
			if (conventions != SemanticConventions.V1_44) {
				result.put(RENAMED.getOrDefault(name, name), value);
			}
		});
		return result;
	}

	private static Map<String, Object> attributes(Attributes attributes) {
		Map<String, Object> map = new HashMap<>();
		attributes.asMap().forEach((key, value) -> map.put(((AttributeKey<?>) key).getKey(), value));
		return map;
	}

}
