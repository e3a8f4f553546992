// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.nats.NatsTracing;
import io.tracing.testing.NatsServer;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each property of NATS takes effect on what goes through a real server.
 */
class NatsPropertiesIntegrationTests {

	private static final byte[] JSON = "{\"id\":7}".getBytes(StandardCharsets.UTF_8);

	private final String name = NatsServer.newName("settings");

	@Test
	void includeChoosesSubjects() {
		run("tracing.nats.include=" + this.name + ".orders.*", (nats) -> {
			nats.exchange(".orders.created");
			nats.exchange(".audit.created");
			nats.exchange(".orders.created.twice");
			assertThat(nats.names()).containsExactlyInAnyOrder("publish " + this.name + ".orders.created",
					"process " + this.name + ".orders.created");
		});
	}

	@Test
	void excludeLeavesSubjectsOut() {
		run("tracing.nats.exclude=" + this.name + ".audit.>", (nats) -> {
			assertThat(nats.exchange(".audit.created.twice").hasHeaders()).isFalse();
			nats.exchange(".orders.created");
			assertThat(nats.names()).containsExactlyInAnyOrder("publish " + this.name + ".orders.created",
					"process " + this.name + ".orders.created");
		});
	}

	@Test
	void untrustedSubjectsStartTracesOfTheirOwn() {
		run("tracing.nats.untrusted=" + this.name + ".strangers", (nats) -> {
			nats.exchange(".strangers");
			SpanData publish = nats.spans.await("publish " + this.name + ".strangers");
			SpanData process = nats.spans.await("process " + this.name + ".strangers");
			assertThat(process.getTraceId()).isNotEqualTo(publish.getTraceId());
			assertThat(process.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(publish.getSpanId()));
		});
	}

	@Test
	void withoutPropagationAMessageGoesOutAsItCame() {
		run("tracing.nats.propagation=false", (nats) -> {
			assertThat(nats.exchange(".orders").hasHeaders()).isFalse();
			assertThat(nats.spans.await("process " + this.name + ".orders").getTraceId())
				.isNotEqualTo(nats.spans.await("publish " + this.name + ".orders").getTraceId());
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void keysOfEntriesAreCapturedOrNot(boolean capture) {
		run("tracing.nats.capture-key=" + capture, (nats) -> {
			nats.connection.keyValueManagement()
				.create(KeyValueConfiguration.builder().name(this.name).storageType(StorageType.Memory).build());
			KeyValue bucket = nats.connection.keyValue(this.name);
			bucket.put("ada", JSON);
			assertThat(nats.spans.await("put " + this.name).getAttributes().asMap().values().contains("ada"))
				.isEqualTo(capture);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void settlementsHaveSpansOrNot(boolean spans) {
		run("tracing.nats.settle-spans=" + spans, (nats) -> {
			nats.stored(ConsumerConfiguration.builder()).ack();
			nats.spans.awaitNoneOpen();
			assertThat(nats.spans.named("ack " + this.name + ".orders")).hasSize(spans ? 1 : 0);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void advisoriesEndTracesOrNot(boolean advisories) {
		run("tracing.nats.advisories=" + advisories, (nats) -> {
			CompletableFuture<Message> heard = new CompletableFuture<>();
			Connection raw = NatsTracing.unwrap(nats.connection);
			raw.createDispatcher(heard::complete)
				.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + this.name + ".>");
			raw.flush(Duration.ofSeconds(10));
			nats.stored(ConsumerConfiguration.builder().maxDeliver(1)).nak();
			assertThat(heard.get(10, TimeUnit.SECONDS)).isNotNull();
			nats.spans.await("max-deliveries " + this.name + ".orders", advisories ? 1 : 0);
		});
	}

	@Test
	void templatesNameSpans() {
		run("tracing.nats.subject-templates=" + this.name + ".orders.*", (nats) -> {
			nats.exchange(".orders.4711");
			assertThat(nats.spans.await("publish " + this.name + ".orders.*").getAttributes().asMap())
				.containsEntry(AttributeKey.stringKey("messaging.destination.template"), this.name + ".orders.*")
				.containsEntry(AttributeKey.stringKey("messaging.destination.name"), this.name + ".orders.4711");
		});
	}

	@Test
	void bodiesOfChosenSubjectsCarryTheContextAsWell() {
		run("tracing.nats.dual-write.subjects=" + this.name + ".orders", (nats) -> {
			Message order = nats.exchange(".orders");
			assertThat(text(order))
				.isEqualTo("{\"trace_parent\":\"%s\",\"id\":7}".formatted(order.getHeaders().getFirst("traceparent")));
			assertThat(text(nats.exchange(".audit"))).isEqualTo("{\"id\":7}");
		});
	}

	@Test
	void fieldOfTheBodyHasTheNameOfTheUsersChoice() {
		run("tracing.nats.dual-write.subjects=" + this.name + ".>,tracing.nats.dual-write.field=trace-id",
				(nats) -> assertThat(text(nats.exchange(".orders"))).startsWith("{\"trace-id\":\"00-"));
	}

	@Test
	void chosenHeadersBecomeAttributes() {
		run("tracing.capture-headers=tenant", (nats) -> {
			nats.connection.publish(this.name, new Headers().add("tenant", "acme").add("token", "secret"), JSON);
			SpanData publish = nats.spans.await("publish " + this.name);
			assertThat(publish.getAttributes().get(AttributeKey.stringArrayKey("messaging.header.tenant")))
				.containsExactly("acme");
			assertThat(publish.getAttributes().asMap().toString()).doesNotContain("secret");
		});
	}

	private void run(String properties, Scenario scenario) {
		NatsContexts.traced()
			.withBean("connection", Connection.class, NatsContexts::connect)
			.withPropertyValues(properties.split(","))
			.run((context) -> scenario
				.run(new Exchanges(context.getBean(Connection.class), context.getBean(Spans.class), this.name)));
	}

	private static String text(Message message) {
		return new String(message.getData(), StandardCharsets.UTF_8);
	}

	/** What is sent and received under some properties. */
	private interface Scenario {

		void run(Exchanges nats) throws Exception;

	}

	/** Sends to itself, below a name that no other test uses. */
	private record Exchanges(Connection connection, Spans spans, String name) {

		/**
		 * Send a message and wait until it was handled.
		 * @param suffix the end of its subject
		 * @return the message as it came
		 */
		Message exchange(String suffix) throws Exception {
			CompletableFuture<Message> handled = new CompletableFuture<>();
			this.connection.createDispatcher(handled::complete).subscribe(this.name + suffix);
			this.connection.publish(this.name + suffix, JSON);
			return handled.get(10, TimeUnit.SECONDS);
		}

		/**
		 * Send a message to a stream and receive it.
		 * @param consumer how it is delivered
		 * @return the message as it came
		 */
		Message stored(ConsumerConfiguration.Builder consumer) throws Exception {
			this.connection.jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name(this.name)
					.subjects(this.name + ".*")
					.storageType(StorageType.Memory)
					.build());
			JetStream jetStream = this.connection.jetStream();
			JetStreamSubscription subscription = jetStream.subscribe(this.name + ".orders",
					PushSubscribeOptions.builder().configuration(consumer.build()).build());
			jetStream.publish(this.name + ".orders", JSON);
			return subscription.nextMessage(Duration.ofSeconds(10));
		}

		List<String> names() {
			this.spans.awaitNoneOpen();
			return this.spans.ended().stream().map(SpanData::getName).toList();
		}

	}

}
