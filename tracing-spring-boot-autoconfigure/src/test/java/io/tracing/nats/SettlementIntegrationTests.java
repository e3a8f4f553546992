// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * What an application says of a JetStream message is a span in the trace of the message,
 * and reaches a real server as it does without tracing.
 */
@SuppressWarnings("try")
class SettlementIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration LONG = Duration.ofHours(1);

	private final String stream = NatsServer.newName("settle");

	private final String pattern = this.stream + ".*";

	static Stream<Settlement> settlements() {
		return Stream.of(new Settlement("ack", "ack", Message::ack, true),
				new Settlement("ackSync", "ack", (message) -> message.ackSync(PATIENCE), true),
				new Settlement("nak", "nak", Message::nak, false),
				new Settlement("nakWithDelay(Duration)", "nak", (message) -> message.nakWithDelay(LONG), false),
				new Settlement("nakWithDelay(long)", "nak", (message) -> message.nakWithDelay(LONG.toMillis()), false),
				new Settlement("term", "term", Message::term, true),
				new Settlement("inProgress", "in-progress", Message::inProgress, false));
	}

	@ParameterizedTest
	@MethodSource("settlements")
	void isAChildOfTheProcessSpan(Settlement settlement) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			Message message = fetch(nats, subscription);
			nats.tracing().process(message, settlement::settle);
			SpanData process = nats.spans().await("process " + this.pattern);
			SpanData settle = nats.spans().await(settlement.operation() + " " + this.pattern);
			assertThat(settle.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(settle.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(settle.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
			assertThat(settle.getAttributes().get(MessagingAttributes.OPERATION_TYPE)).isEqualTo("settle");
			assertThat(settle.getAttributes().get(MessagingAttributes.DESTINATION_NAME))
				.isEqualTo(this.stream + ".created");
			assertThat(settle.getAttributes().asMap().values()).as("no generated subject")
				.noneMatch((value) -> value.toString().startsWith("$JS"));
			if (settlement.isFinal()) {
				await("the server knows").atMost(PATIENCE)
					.until(subscription::getConsumerInfo, (info) -> info.getNumAckPending() == 0);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("settlements")
	void isInTheTraceOfTheMessageAlsoAfterTheHandlerOnAnotherThread(Settlement settlement) throws Exception {
		CompletableFuture<Message> handled = new CompletableFuture<>();
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			nats.connection()
				.jetStream()
				.subscribe(this.pattern, nats.connection().createDispatcher(), handled::complete, false, onceOnly());
			nats.connection().jetStream().publish(this.stream + ".created", null);
			SpanData process = nats.spans().await("process " + this.pattern);
			CompletableFuture.runAsync(() -> settlement.settleUnchecked(handled.join())).join();
			SpanData settle = nats.spans().await(settlement.operation() + " " + this.pattern);
			assertThat(settle.getTraceId()).isEqualTo(process.getTraceId());
			assertThat(settle.getParentSpanId()).isEqualTo(process.getSpanId());
		}
	}

	@Test
	void withoutAProcessSpanItIsAChildOfThePublisher() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			fetch(nats, subscribe(nats)).ack();
			assertThat(nats.spans().await("ack " + this.pattern).getParentSpanId())
				.isEqualTo(nats.spans().await("publish " + this.stream + ".created").getSpanId());
		}
	}

	@Test
	void spanThatIsCurrentIsTheParent() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Message message = fetch(nats, subscribe(nats));
			nats.tracing().process(message, (processed) -> {
				Span inner = nats.sdk().getTracer("test").spanBuilder("inner").startSpan();
				try (Scope scope = inner.makeCurrent()) {
					processed.ack();
				}
				finally {
					inner.end();
				}
			});
			assertThat(nats.spans().await("ack " + this.pattern).getParentSpanId())
				.isEqualTo(nats.spans().await("inner").getSpanId());
		}
	}

	@Test
	void secondEndMakesNoSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Message message = fetch(nats, subscribe(nats));
			message.inProgress();
			message.inProgress();
			message.ack();
			message.ack();
			message.nak();
			message.term();
			message.ackSync(PATIENCE);
			message.inProgress();
			assertThat(nats.spans().await("in-progress " + this.pattern, 2)).hasSize(2);
			assertThat(nats.spans().ended()).extracting(SpanData::getName)
				.filteredOn((name) -> name.startsWith("ack") || name.startsWith("nak") || name.startsWith("term"))
				.containsExactly("ack " + this.pattern);
		}
	}

	@ParameterizedTest
	@MethodSource("settlements")
	void coreMessageHasNothingToSettle(Settlement settlement) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			var subscription = nats.connection().subscribe(this.stream);
			nats.connection().publish(this.stream, null);
			Message message = subscription.nextMessage(PATIENCE);
			nats.tracing().process(message, settlement::settle);
			nats.spans().await("process " + this.stream);
			assertThat(nats.spans().ended()).extracting(SpanData::getName)
				.containsExactlyInAnyOrder("publish " + this.stream, "receive " + this.stream,
						"process " + this.stream);
		}
	}

	@ParameterizedTest
	@MethodSource("settlements")
	void spansCanBeSwitchedOff(Settlement settlement) throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.settleSpans(false)).start()) {
			JetStreamSubscription subscription = subscribe(nats);
			nats.tracing().process(fetch(nats, subscription), settlement::settle);
			nats.spans().await("process " + this.pattern);
			assertThat(nats.spans().ended()).extracting(SpanData::getName)
				.containsExactlyInAnyOrder("publish " + this.stream + ".created", "fetch " + this.pattern,
						"process " + this.pattern);
			if (settlement.isFinal()) {
				await("the server knows").atMost(PATIENCE)
					.until(subscription::getConsumerInfo, (info) -> info.getNumAckPending() == 0);
			}
		}
	}

	@Test
	void failureOnAClosedConnectionIsRecorded() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Message message = fetch(nats, subscribe(nats));
			nats.raw().close();
			assertThatIllegalStateException().isThrownBy(message::ack);
			SpanData ack = nats.spans().await("ack " + this.pattern);
			assertThat(ack.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(ack.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(IllegalStateException.class.getName());
		}
	}

	@Test
	void acknowledgmentThatNobodyConfirmsTimesOut() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			Message message = fetch(nats, subscription);
			nats.raw().jetStreamManagement().deleteStream(this.stream);
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> message.ackSync(Duration.ofMillis(50)));
			SpanData ack = nats.spans().await("ack " + this.pattern);
			assertThat(ack.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(ack.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(TimeoutException.class.getName());
		}
	}

	private static PushSubscribeOptions onceOnly() {
		return PushSubscribeOptions.builder()
			.configuration(ConsumerConfiguration.builder().maxDeliver(1).build())
			.build();
	}

	private JetStreamSubscription subscribe(TracedNats nats) throws Exception {
		nats.createStream(this.stream);
		return nats.connection()
			.jetStream()
			.subscribe(this.pattern, PullSubscribeOptions.builder().durable("billing").build());
	}

	private Message fetch(TracedNats nats, JetStreamSubscription subscription) throws Exception {
		nats.connection().jetStream().publish(this.stream + ".created", null);
		Message message = subscription.fetch(1, PATIENCE).get(0);
		ConsumerInfo info = subscription.getConsumerInfo();
		assertThat(info.getNumAckPending()).isEqualTo(1);
		return message;
	}

	private record Settlement(String method, String operation, Settling settling, boolean isFinal) {

		void settle(Message message) throws InterruptedException {
			try {
				this.settling.settle(message);
			}
			catch (TimeoutException ex) {
				throw new AssertionError("Not confirmed", ex);
			}
		}

		void settleUnchecked(Message message) {
			try {
				settle(message);
			}
			catch (InterruptedException ex) {
				throw new AssertionError("Interrupted", ex);
			}
		}

		@Override
		public String toString() {
			return this.method;
		}

	}

	private interface Settling {

		void settle(Message message) throws TimeoutException, InterruptedException;

	}

}
