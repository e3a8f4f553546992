// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.ConsumerParent;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose child a process span is: the publisher's, nobody's where that is configured, and
 * nobody's where the message comes from strangers; against a real server.
 */
@SuppressWarnings("try")
class ConsumerParentIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("parent");

	private final BlockingQueue<String> tenants = new LinkedBlockingQueue<>();

	@Test
	void linkMakesANewRootThatTakesOverTheBaggage() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.consumerParent(ConsumerParent.LINK))
			.start()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject);
			publish(nats, this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			assertNewRoot(nats.spans().await("publish " + this.subject), process);
			assertThat(this.tenants.poll(10, TimeUnit.SECONDS)).isEqualTo("acme in " + process.getSpanId());
		}
	}

	@Test
	void linkHoldsForPulledMessagesAndTheirSettlement() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.consumerParent(ConsumerParent.LINK))
			.start()) {
			Message message = fetch(nats);
			nats.tracing().process(message, Message::ack);
			SpanData process = nats.spans().await("process " + this.subject + ".*");
			assertNewRoot(nats.spans().await("publish " + this.subject + ".created"), process);
			assertThat(nats.spans().await("ack " + this.subject + ".*").getParentSpanId())
				.isEqualTo(process.getSpanId());
		}
	}

	@Test
	void untrustedSubjectIsANewRootWithoutBaggage() throws Exception {
		try (TracedNats nats = untrusted()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject + ".>");
			publish(nats, this.subject + ".public.orders");
			SpanData process = nats.spans().await("process " + this.subject + ".>");
			assertNewRoot(nats.spans().await("publish " + this.subject + ".public.orders"), process);
			assertThat(this.tenants.poll(10, TimeUnit.SECONDS)).isEqualTo("null in " + process.getSpanId());
			publish(nats, this.subject + ".private");
			SpanData trusted = nats.spans().await("process " + this.subject + ".>", 2).get(1);
			assertThat(trusted.getParentSpanId())
				.isEqualTo(nats.spans().await("publish " + this.subject + ".private").getSpanId());
			assertThat(this.tenants.poll(10, TimeUnit.SECONDS)).isEqualTo("acme in " + trusted.getSpanId());
		}
	}

	@Test
	void pulledMessageFromAStrangerIsLinkedToAndNotContinued() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.untrusted((subject) -> true)).start()) {
			Message message = fetch(nats);
			SpanData publish = nats.spans().await("publish " + this.subject + ".created");
			message.inProgress();
			nats.tracing().process(message, Message::ack);
			assertThat(linked(nats.spans().await("fetch " + this.subject + ".*"))).containsExactly(publish.getSpanId());
			SpanData process = nats.spans().await("process " + this.subject + ".*");
			assertNewRoot(publish, process);
			assertThat(nats.spans().await("ack " + this.subject + ".*").getParentSpanId())
				.isEqualTo(process.getSpanId());
			assertThat(nats.spans().await("in-progress " + this.subject + ".*").getTraceId())
				.as("a stranger does not choose its trace")
				.isNotEqualTo(publish.getTraceId());
		}
	}

	@Test
	void endOfAStrangersStoryIsNotInTheirTrace() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.untrusted((subject) -> true)).start()) {
			nats.createStream(this.subject);
			nats.createConsumer(this.subject, ConsumerConfiguration.builder().durable("billing").maxDeliver(1));
			nats.connection().getConsumerContext(this.subject, "billing").consume(Message::nak);
			nats.connection().jetStream().publish(this.subject + ".created", null);
			SpanData publish = nats.spans().await("publish " + this.subject + ".created");
			SpanData end = nats.spans().await("max-deliveries " + this.subject + ".created");
			assertThat(end.getTraceId()).isNotEqualTo(publish.getTraceId());
		}
	}

	@Test
	void subjectsOfWhichNobodyCanTellAreNotTrusted() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.untrusted((subject) -> {
			throw new IllegalStateException("injected");
		})).start()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject);
			publish(nats, this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			assertNewRoot(nats.spans().await("publish " + this.subject), process);
			assertThat(this.tenants.poll(10, TimeUnit.SECONDS)).isEqualTo("null in " + process.getSpanId());
		}
	}

	@Test
	void strangersHeaderThatIsInvalidIsNotLinkedTo() throws Exception {
		try (TracedNats nats = untrusted()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject + ".>");
			nats.flush();
			nats.raw().publish(this.subject + ".public.orders", null);
			assertThat(nats.spans().await("process " + this.subject + ".>").getLinks()).isEmpty();
		}
	}

	private TracedNats untrusted() {
		SubjectPatterns untrusted = SubjectPatterns.of(List.of(this.subject + ".public.>"), List.of());
		return TracedNats.builder().nats((builder) -> builder.untrusted(untrusted)).start();
	}

	private void handle(Message message) {
		this.tenants
			.add(Baggage.current().getEntryValue("tenant") + " in " + Span.current().getSpanContext().getSpanId());
	}

	private void publish(TracedNats nats, String subject) {
		try (Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
			nats.connection().publish(subject, null);
		}
	}

	private Message fetch(TracedNats nats) throws Exception {
		nats.createStream(this.subject);
		nats.connection().jetStream().publish(this.subject + ".created", null);
		JetStreamSubscription subscription = nats.connection()
			.jetStream()
			.subscribe(this.subject + ".*", PullSubscribeOptions.builder().durable("billing").build());
		return subscription.fetch(1, PATIENCE).get(0);
	}

	private static void assertNewRoot(SpanData publish, SpanData process) {
		assertThat(process.getTraceId()).isNotEqualTo(publish.getTraceId());
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertThat(linked(process)).containsExactly(publish.getSpanId());
	}

	private static List<String> linked(SpanData span) {
		return span.getLinks().stream().map((link) -> link.getSpanContext().getSpanId()).toList();
	}

}
