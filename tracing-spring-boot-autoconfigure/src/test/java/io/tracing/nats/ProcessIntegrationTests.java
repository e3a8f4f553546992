// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link NatsTracing#process} gives a message that was pulled its process span, whoever
 * pulled it and whenever it is processed, against a real server.
 */
@SuppressWarnings("try")
class ProcessIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("pulled");

	@Test
	void messageIsProcessedAfterThePullInTheTraceOfItsPublisher() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.connection().subscribe(this.subject, "billing");
			try (Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
				nats.connection().publish(this.subject, null);
			}
			Message message = subscription.nextMessage(PATIENCE);
			nats.spans().await("receive " + this.subject);
			nats.tracing().process(message, (processed) -> {
				assertThat(processed).isSameAs(message);
				assertThat(Baggage.current().getEntryValue("tenant")).isEqualTo("acme");
				nats.connection().publish(this.subject + ".done", null);
			});
			SpanData publish = nats.spans().await("publish " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
			assertThat(process.getAttributes().get(MessagingAttributes.CONSUMER_GROUP_NAME)).isEqualTo("billing");
			assertThat(nats.spans().await("publish " + this.subject + ".done").getParentSpanId())
				.isEqualTo(process.getSpanId());
		}
	}

	@Test
	void spanThatIsCurrentIsLinked() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			Message message = subscription.nextMessage(PATIENCE);
			Span job = nats.sdk().getTracer("test").spanBuilder("job").startSpan();
			try (Scope scope = job.makeCurrent()) {
				nats.tracing().process(message, (processed) -> {
				});
				assertThat(Span.current()).isSameAs(job);
			}
			finally {
				job.end();
			}
			SpanData publish = nats.spans().await("publish " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getTraceId()).isEqualTo(publish.getTraceId());
			assertThat(process.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(publish.getSpanId(), job.getSpanContext().getSpanId());
		}
	}

	@Test
	void failureGoesOnToTheCaller() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			Message message = subscription.nextMessage(PATIENCE);
			assertThatIllegalStateException().isThrownBy(() -> nats.tracing().process(message, (processed) -> {
				throw new IllegalStateException("injected");
			})).withMessage("injected");
			assertThatExceptionOfType(InterruptedException.class)
				.isThrownBy(() -> nats.tracing().process(message, (processed) -> {
					throw new InterruptedException("injected");
				}));
			assertThat(nats.spans().await("process " + this.subject, 2))
				.allMatch((process) -> process.getStatus().getStatusCode() == StatusCode.ERROR)
				.extracting((process) -> process.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.containsExactly(IllegalStateException.class.getName(), InterruptedException.class.getName());
		}
	}

	@Test
	void eachAttemptIsASpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats, nats.connection());
			nats.connection().jetStream().publish(this.subject + ".created", null);
			Message message = subscription.fetch(1, PATIENCE).get(0);
			nats.tracing().process(message, (processed) -> {
			});
			nats.tracing().process(message, Message::ack);
			List<SpanData> processes = nats.spans().await("process " + this.subject + ".*", 2);
			assertThat(processes).extracting(SpanData::getParentSpanId)
				.containsOnly(nats.spans().await("publish " + this.subject + ".created").getSpanId());
			assertThat(nats.spans().await("ack " + this.subject + ".*").getParentSpanId())
				.isEqualTo(processes.get(1).getSpanId());
		}
	}

	@Test
	void handlerMayPassItsMessageOn() throws Exception {
		CompletableFuture<Message> received = new CompletableFuture<>();
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher(received::complete).subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			Message message = received.get();
			nats.spans().await("process " + this.subject);
			nats.tracing().process(message, (processed) -> {
			});
			assertThat(nats.spans().await("process " + this.subject, 2)).extracting(SpanData::getParentSpanId)
				.containsOnly(nats.spans().await("publish " + this.subject).getSpanId());
		}
	}

	@Test
	void bareMessageOfATracedConnection() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats, nats.raw());
			for (int i = 0; i < 5; i++) {
				nats.connection().jetStream().publish(this.subject + ".created", null);
			}
			int dispatchers = dispatchers();
			for (Message message : subscription.fetch(5, PATIENCE)) {
				assertThat(message.getConnection()).isSameAs(nats.raw());
				nats.tracing().process(message, (processed) -> {
					assertThat(processed.getConnection()).isSameAs(nats.connection());
					processed.ack();
				});
			}
			List<SpanData> processes = nats.spans().await("process " + this.subject + ".created", 5);
			assertThat(processes).extracting(SpanData::getParentSpanId)
				.isEqualTo(ids(nats.spans().await("publish " + this.subject + ".created", 5)));
			assertThat(nats.spans().await("ack " + this.subject + ".created", 5)).extracting(SpanData::getParentSpanId)
				.isEqualTo(ids(processes));
			// One for advisories, and perhaps that of jnats for replies.
			assertThat(dispatchers() - dispatchers).as("not one for each message").isLessThan(5);
		}
	}

	@Test
	void messageOfAnotherConnection() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Connection other = nats.connect();
			Subscription subscription = other.subscribe(this.subject);
			other.flush(PATIENCE);
			nats.connection().publish(this.subject, null);
			Message message = subscription.nextMessage(PATIENCE);
			nats.tracing().process(message, (processed) -> {
				assertThat(NatsTracing.unwrap(processed)).isSameAs(message);
				assertThat(NatsTracing.unwrap(processed.getConnection())).isSameAs(other);
				processed.getConnection().publish(this.subject + ".done", null);
			});
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getParentSpanId()).isEqualTo(nats.spans().await("publish " + this.subject).getSpanId());
			assertThat(process.getAttributes().get(MessagingAttributes.CLIENT_ID))
				.isEqualTo(String.valueOf(other.getServerInfo().getClientId()));
			assertThat(nats.spans().await("publish " + this.subject + ".done").getParentSpanId())
				.isEqualTo(process.getSpanId());
		}
	}

	@Test
	void messageThatCameThroughNoConnection() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Message message = NatsMessage.builder().subject(this.subject).build();
			CompletableFuture<Message> processed = new CompletableFuture<>();
			nats.tracing().process(message, processed::complete);
			assertThat(processed).isCompletedWithValue(message);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void withoutTracingTheHandlerIsCalledAsItIs() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			nats.raw().publish(this.subject, null);
			Message message = subscription.nextMessage(PATIENCE);
			CompletableFuture<Message> processed = new CompletableFuture<>();
			NatsTracing.create(OpenTelemetry.noop()).process(message, processed::complete);
			assertThat(processed.join()).isSameAs(message);
		}
	}

	private JetStreamSubscription subscribe(TracedNats nats, Connection connection) throws Exception {
		nats.createStream(this.subject);
		return connection.jetStream()
			.subscribe(this.subject + ".*", PullSubscribeOptions.builder().durable("billing").build());
	}

	/**
	 * How many dispatchers run: each has a thread of its own.
	 */
	private static int dispatchers() {
		return (int) Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> List.of(stack)
				.stream()
				.anyMatch((frame) -> frame.getClassName().endsWith(Dispatcher.class.getSimpleName())))
			.count();
	}

	private static List<String> ids(List<SpanData> spans) {
		return spans.stream().map(SpanData::getSpanId).toList();
	}

}
