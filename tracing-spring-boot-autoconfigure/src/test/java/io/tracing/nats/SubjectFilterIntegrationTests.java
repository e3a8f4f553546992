// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages of subjects that are not to be traced pass untouched, on the way out and on
 * the way in, while the others are traced; against a real server.
 */
class SubjectFilterIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("filter");

	@Test
	void excludedMessageIsSentAndProcessedUntouched() throws Exception {
		CompletableFuture<Message> received = new CompletableFuture<>();
		try (TracedNats nats = start(List.of(), List.of(this.subject + ".internal.>"))) {
			nats.connection().createDispatcher((message) -> {
				assertThat(Span.current().getSpanContext().isValid()).isFalse();
				received.complete(message);
			}).subscribe(this.subject + ".>");
			nats.connection().publish(this.subject + ".internal.audit", "audit".getBytes());
			Message message = received.get(10, TimeUnit.SECONDS);
			assertThat(message.getHeaders()).isNull();
			assertThat(message.getData()).asString().isEqualTo("audit");
			assertThat(message.getConnection()).as("what it publishes may be traced").isSameAs(nats.connection());
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void excludedMessageThatCarriesAContextIsNotContinued() throws Exception {
		CompletableFuture<Span> current = new CompletableFuture<>();
		try (TracedNats nats = TracedNats.start(); TracedNats other = start(List.of(), List.of(this.subject))) {
			other.connection().createDispatcher((message) -> current.complete(Span.current())).subscribe(this.subject);
			other.flush();
			nats.connection().publish(this.subject, null);
			assertThat(current.get(10, TimeUnit.SECONDS).getSpanContext().isValid()).isFalse();
			assertThat(other.spans().ended()).isEmpty();
		}
	}

	@Test
	void handlerOfAnExcludedMessagePublishesTraced() throws Exception {
		try (TracedNats nats = start(List.of(), List.of(this.subject + ".in"))) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(this.subject + ".out", null))
				.subscribe(this.subject + ".in");
			nats.connection().publish(this.subject + ".in", null);
			SpanData publish = nats.spans().await("publish " + this.subject + ".out");
			assertThat(publish.getParentSpanContext().isValid()).isFalse();
		}
	}

	@Test
	void onlyWhatIsIncludedIsTraced() throws Exception {
		try (TracedNats nats = start(List.of(this.subject + ".orders.*"), List.of())) {
			nats.connection().createDispatcher((message) -> {
			}).subscribe(this.subject + ".>");
			nats.connection().publish(this.subject + ".audit", null);
			nats.connection().publish(this.subject + ".orders.created", null);
			nats.connection().publish(this.subject + ".audit", null);
			nats.connection().publish(this.subject + ".orders.paid", null);
			assertThat(nats.spans().await("process " + this.subject + ".>", 2))
				.extracting((process) -> process.getAttributes().get(MessagingAttributes.DESTINATION_NAME))
				.containsExactly(this.subject + ".orders.created", this.subject + ".orders.paid");
			assertThat(nats.spans().ended()).hasSize(4);
		}
	}

	@Test
	void pulledMessagesOfExcludedSubjectsAreNotSeen() throws Exception {
		try (TracedNats nats = start(List.of(), List.of(this.subject + ".audit"))) {
			nats.createStream(this.subject);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.subject + ".*", PullSubscribeOptions.builder().durable("billing").build());
			for (String end : List.of(".audit", ".created", ".audit", ".paid")) {
				nats.connection().jetStream().publish(this.subject + end, null);
			}
			List<Message> messages = subscription.fetch(4, PATIENCE);
			assertThat(messages).hasSize(4);
			for (Message message : messages) {
				nats.tracing().process(message, Message::ack);
			}
			SpanData fetch = nats.spans().await("fetch " + this.subject + ".*");
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(2);
			assertThat(fetch.getLinks()).hasSize(2);
			nats.spans().await("process " + this.subject + ".*", 2);
			nats.spans().await("ack " + this.subject + ".*", 2);
			assertThat(nats.spans().ended()).as("two publishes, a fetch, two processes, two acks").hasSize(7);
			assertThat(subscription.getConsumerInfo().getNumPending()).isZero();
		}
	}

	@Test
	void pullThatBringsNothingButExcludedMessagesMakesNoSpan() throws Exception {
		try (TracedNats nats = start(List.of(), List.of(this.subject))) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			Message message = subscription.nextMessage(PATIENCE);
			assertThat(message.getHeaders()).isNull();
			assertThat(message.getConnection()).isSameAs(nats.connection());
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void subjectsOfWhichNobodyCanTellCostTelemetryAlone() throws Exception {
		CompletableFuture<Message> received = new CompletableFuture<>();
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.subjects((subject) -> {
			throw new IllegalStateException("injected");
		})).start()) {
			nats.connection().createDispatcher(received::complete).subscribe(this.subject);
			nats.connection().publish(this.subject, "an order".getBytes());
			assertThat(received.get(10, TimeUnit.SECONDS).getData()).asString().isEqualTo("an order");
		}
	}

	private static TracedNats start(List<String> include, List<String> exclude) {
		return TracedNats.builder().nats((builder) -> builder.subjects(SubjectPatterns.of(include, exclude))).start();
	}

}
