// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Every way to give a dispatcher a handler runs it in a process span of its message,
 * against a real server.
 */
@SuppressWarnings("try")
class HandlerIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private final String subject = NatsServer.newName("handler");

	private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

	@Test
	void defaultHandlerRunsInTheSpanOfItsMessage() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			assertProcessed(nats, this.subject);
		}
	}

	@Test
	void defaultHandlerOfAQueueGroup() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject, "billing");
			nats.connection().publish(this.subject, BODY);
			assertThat(group(assertProcessed(nats, this.subject))).isEqualTo("billing");
		}
	}

	@Test
	void handlerOfOneSubscription() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher();
			Subscription subscription = dispatcher.subscribe(this.subject, this::handle);
			nats.connection().publish(this.subject, BODY);
			assertThat(group(assertProcessed(nats, this.subject))).isNull();
			assertThat(subscription.getSubject()).isEqualTo(this.subject);
		}
	}

	@Test
	void handlerOfOneSubscriptionOfAQueueGroup() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher().subscribe(this.subject, "billing", this::handle);
			nats.connection().publish(this.subject, BODY);
			assertThat(group(assertProcessed(nats, this.subject))).isEqualTo("billing");
		}
	}

	@Test
	void queueGroupGetsAMessageOnce() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			for (int i = 0; i < 3; i++) {
				nats.connection().createDispatcher(this::handle).subscribe(this.subject, "billing");
			}
			for (int i = 0; i < 20; i++) {
				nats.connection().publish(this.subject, BODY);
			}
			List<SpanData> processed = nats.spans().await("process " + this.subject, 20);
			assertThat(processed).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(processed).extracting(HandlerIntegrationTests::group).containsOnly("billing");
			assertThat(this.handled).hasSize(20);
		}
	}

	@Test
	void subscriptionsOfOneDispatcherAreToldApart() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher(this::handle);
			assertThat(dispatcher.subscribe(this.subject + ".created")).isSameAs(dispatcher);
			dispatcher.subscribe(this.subject + ".paid", "billing");
			dispatcher.subscribe(this.subject + ".sent.*", this::handle);
			for (int round = 1; round <= 3; round++) {
				nats.connection().publish(this.subject + ".created", BODY);
				nats.connection().publish(this.subject + ".paid", BODY);
				nats.connection().publish(this.subject + ".sent.today", BODY);
				assertThat(nats.spans().await("process " + this.subject + ".created", round))
					.allSatisfy((span) -> assertThat(group(span)).isNull());
				assertThat(nats.spans().await("process " + this.subject + ".paid", round))
					.allSatisfy((span) -> assertThat(group(span)).isEqualTo("billing"));
				assertThat(nats.spans().await("process " + this.subject + ".sent.*", round))
					.allSatisfy((span) -> assertThat(group(span)).isNull());
			}
		}
	}

	@Test
	void wildcardNamesTheSpanAndTheMessageItsSubject() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher(this::handle);
			dispatcher.subscribe(this.subject + ".*.created");
			dispatcher.subscribe(this.subject + ".audit.>");
			nats.connection().publish(this.subject + ".17.created", BODY);
			nats.connection().publish(this.subject + ".audit.a.b", BODY);
			assertWildcard(nats, this.subject + ".*.created", this.subject + ".17.created");
			assertWildcard(nats, this.subject + ".audit.>", this.subject + ".audit.a.b");
		}
	}

	@Test
	void subjectWithoutWildcardsIsNoTemplate() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			SpanData process = assertProcessed(nats, this.subject);
			assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).isEqualTo(this.subject);
			assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_TEMPLATE)).isNull();
		}
	}

	@Test
	void baggageOfThePublisherIsInScope() throws Exception {
		BlockingQueue<String> tenants = new LinkedBlockingQueue<>();
		try (TracedNats nats = TracedNats.start()) {
			nats.connection()
				.createDispatcher((message) -> tenants.add(String.valueOf(Baggage.current().getEntryValue("tenant"))))
				.subscribe(this.subject);
			try (Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
				nats.connection().publish(this.subject, BODY);
			}
			nats.connection().publish(this.subject, BODY);
			assertThat(tenants.poll(10, TimeUnit.SECONDS)).isEqualTo("acme");
			assertThat(tenants.poll(10, TimeUnit.SECONDS)).isEqualTo("null");
		}
	}

	@Test
	void messageWithoutContextStartsATrace() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher(this::handle).subscribe(this.subject);
			nats.flush();
			nats.raw().publish(this.subject, BODY);
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(process.getLinks()).isEmpty();
			assertThat(this.handled.poll(10, TimeUnit.SECONDS)).isEqualTo(process.getSpanId());
		}
	}

	@Test
	void handlerThatPublishesIsTheParent() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection()
				.createDispatcher((message) -> nats.connection().publish(this.subject + ".done", BODY))
				.subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			SpanData publish = nats.spans().await("publish " + this.subject + ".done");
			assertThat(publish.getParentSpanId()).isEqualTo(nats.spans().await("process " + this.subject).getSpanId());
		}
	}

	@Test
	void dispatcherWithoutHandlerRefusesASubscriptionAsEver() {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher();
			assertThatIllegalStateException().isThrownBy(() -> dispatcher.subscribe(this.subject))
				.withMessageContaining("Dispatcher was made without a default handler");
		}
	}

	@Test
	void unsubscribedHandlerHearsNothing() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher(this::handle);
			Subscription subscription = dispatcher.subscribe(this.subject, this::handle);
			dispatcher.subscribe(this.subject + ".end");
			assertThat(dispatcher.unsubscribe(subscription)).isSameAs(dispatcher);
			nats.connection().publish(this.subject, BODY);
			nats.connection().publish(this.subject + ".end", BODY);
			nats.spans().await("process " + this.subject + ".end");
			assertThat(nats.spans().named("process " + this.subject)).isEmpty();
			nats.connection().closeDispatcher(dispatcher);
			assertThat(dispatcher.isActive()).isFalse();
		}
	}

	private void handle(Message message) {
		assertThat(message.getData()).isEqualTo(BODY);
		this.handled.add(Span.current().getSpanContext().getSpanId());
	}

	private SpanData assertProcessed(TracedNats nats, String subject) throws InterruptedException {
		SpanData publish = nats.spans().await("publish " + subject);
		SpanData process = nats.spans().await("process " + subject);
		assertThat(this.handled.poll(10, TimeUnit.SECONDS)).as("current in the handler").isEqualTo(process.getSpanId());
		assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(process.getTraceId()).isEqualTo(publish.getTraceId());
		assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
		assertThat(process.getLinks()).extracting(LinkData::getSpanContext)
			.singleElement()
			.satisfies((link) -> assertThat(link.getSpanId()).isEqualTo(publish.getSpanId()));
		assertThat(process.getStatus()).isEqualTo(StatusData.unset());
		assertThat(process.getEvents()).isEmpty();
		return process;
	}

	private static void assertWildcard(TracedNats nats, String pattern, String subject) {
		SpanData process = nats.spans().await("process " + pattern);
		assertThat(process.getParentSpanId()).isEqualTo(nats.spans().await("publish " + subject).getSpanId());
		assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).isEqualTo(subject);
		assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_TEMPLATE)).isEqualTo(pattern);
	}

	private static @Nullable String group(SpanData span) {
		return span.getAttributes().get(MessagingAttributes.CONSUMER_GROUP_NAME);
	}

}
