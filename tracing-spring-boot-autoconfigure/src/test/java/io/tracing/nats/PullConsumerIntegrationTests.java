// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.nats.client.JetStreamReader;
import io.nats.client.JetStreamStatusException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A pull that brings something makes one span, which links to each message, and one that
 * brings nothing makes none; against a real server.
 */
@SuppressWarnings("try")
class PullConsumerIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration NOT_LONG = Duration.ofMillis(30);

	private final String stream = NatsServer.newName("pull");

	private final String pattern = this.stream + ".*";

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void fetchIsOneSpan(boolean millis) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			List<SpanData> publishes = publish(nats, 3);
			Span caller = nats.sdk().getTracer("test").spanBuilder("job").startSpan();
			List<Message> messages;
			try (Scope scope = caller.makeCurrent()) {
				messages = millis ? subscription.fetch(3, 10_000) : subscription.fetch(3, PATIENCE);
				assertThat(Span.current()).isSameAs(caller);
			}
			finally {
				caller.end();
			}
			assertThat(messages).hasSize(3);
			SpanData fetch = nats.spans().await("fetch " + this.pattern);
			assertThat(fetch.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(fetch.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(3);
			assertThat(linked(fetch)).isEqualTo(ids(publishes));
			assertThat(fetch.hasEnded()).isTrue();
		}
	}

	@Test
	void iteratorMakesASpanOfEachMessage() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			List<SpanData> publishes = publish(nats, 4);
			List<Message> messages = new ArrayList<>();
			subscription.iterate(2, PATIENCE).forEachRemaining(messages::add);
			subscription.iterate(2, 10_000).forEachRemaining(messages::add);
			assertReceived(nats, messages, publishes);
		}
	}

	@Test
	void readerMakesASpanOfEachMessage() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			List<SpanData> publishes = publish(nats, 4);
			JetStreamReader reader = subscription.reader(2, 1);
			List<Message> messages = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				messages.add(reader.nextMessage(PATIENCE));
				messages.add(reader.nextMessage(10_000));
			}
			assertReceived(nats, messages, publishes);
			reader.stop();
		}
	}

	@Test
	void nextMessageAfterAPull() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			List<SpanData> publishes = publish(nats, 2);
			subscription.pull(2);
			assertReceived(nats, List.of(subscription.nextMessage(PATIENCE), subscription.nextMessage(10_000)),
					publishes);
		}
	}

	@Test
	void pullsThatBringNothingMakeNoSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			assertThat(subscription.fetch(3, NOT_LONG)).isEmpty();
			assertThat(subscription.iterate(3, NOT_LONG).hasNext()).isFalse();
			assertThat(subscription.iterate(3, NOT_LONG).next()).as("as without tracing").isNull();
			subscription.pullNoWait(1);
			assertThat(subscription.nextMessage(NOT_LONG)).isNull();
			assertThat(subscription.reader(2, 1).nextMessage(NOT_LONG)).isNull();
			assertThat(nats.connection().subscribe(this.stream).nextMessage(NOT_LONG)).isNull();
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void pullFromAConsumerThatIsGoneFails() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			publish(nats, 1);
			assertThat(subscription.fetch(1, PATIENCE)).hasSize(1);
			nats.spans().await("fetch " + this.pattern);
			CompletableFuture<Void> deleted = CompletableFuture.runAsync(() -> {
				await("a pull that waits").until(() -> subscription.getConsumerInfo().getNumWaiting() == 1);
				deleteConsumer(nats);
			});
			assertThatExceptionOfType(JetStreamStatusException.class).isThrownBy(() -> subscription.fetch(1, PATIENCE));
			deleted.join();
			SpanData fetch = nats.spans().await("fetch " + this.pattern, 2).get(1);
			assertThat(fetch.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(fetch.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(JetStreamStatusException.class.getName());
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isZero();
		}
	}

	@Test
	void iterationOverAConsumerThatIsGoneFails() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			Iterator<Message> iterator = subscription.iterate(1, PATIENCE);
			deleteConsumer(nats);
			assertThatExceptionOfType(JetStreamStatusException.class).isThrownBy(iterator::hasNext);
			SpanData receive = nats.spans().await("receive " + this.pattern);
			assertThat(receive.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		}
	}

	@Test
	void pullOnAClosedConnectionFails() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			nats.raw().close();
			assertThatIllegalStateException().isThrownBy(() -> subscription.fetch(1, NOT_LONG));
			assertThatIllegalStateException().isThrownBy(() -> subscription.iterate(1, NOT_LONG));
			assertThatIllegalStateException().isThrownBy(() -> subscription.nextMessage(NOT_LONG));
			assertThat(nats.spans().await("fetch " + this.pattern).getStatus().getStatusCode())
				.isEqualTo(StatusCode.ERROR);
			assertThat(nats.spans().await("receive " + this.pattern, 2))
				.allMatch((receive) -> receive.getStatus().getStatusCode() == StatusCode.ERROR);
		}
	}

	@Test
	void interruptedPullIsNoFailure() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			subscription.pull(1);
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> subscription.nextMessage(PATIENCE));
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void moreMessagesThanLinks() throws Exception {
		int messages = 300;
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			List<SpanData> publishes = publish(nats, messages);
			assertThat(subscription.fetch(messages, PATIENCE)).hasSize(messages);
			SpanData fetch = nats.spans().await("fetch " + this.pattern);
			assertThat(linked(fetch)).isEqualTo(ids(publishes).subList(0, 128));
			assertThat(fetch.getTotalRecordedLinks()).as("none that the SDK had to drop").isEqualTo(128);
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(messages);
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT))
				.isEqualTo(messages - 128);
		}
	}

	@Test
	void asManyMessagesAsLinks() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			publish(nats, 128);
			assertThat(subscription.fetch(128, PATIENCE)).hasSize(128);
			SpanData fetch = nats.spans().await("fetch " + this.pattern);
			assertThat(fetch.getLinks()).hasSize(128);
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT)).isNull();
		}
	}

	@Test
	void messageWithoutContextHasNoLinkAndCounts() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			nats.raw().jetStream().publish(this.stream + ".created", null);
			List<SpanData> publishes = publish(nats, 1);
			nats.raw().jetStream().publish(this.stream + ".created", null);
			assertThat(subscription.fetch(3, PATIENCE)).hasSize(3);
			SpanData fetch = nats.spans().await("fetch " + this.pattern);
			assertThat(linked(fetch)).isEqualTo(ids(publishes));
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT)).isEqualTo(3);
			assertThat(fetch.getAttributes().get(MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT)).isNull();
		}
	}

	@Test
	void subjectsOfAMixedBatchAreOnTheLinks() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStreamSubscription subscription = subscribe(nats);
			nats.connection().jetStream().publish(this.stream + ".created", null);
			nats.connection().jetStream().publish(this.stream + ".paid", null);
			assertThat(subscription.fetch(2, PATIENCE)).hasSize(2);
			SpanData fetch = nats.spans().await("fetch " + this.pattern);
			assertThat(fetch.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).isNull();
			assertThat(fetch.getAttributes().get(MessagingAttributes.DESTINATION_TEMPLATE)).isEqualTo(this.pattern);
			assertThat(destinations(fetch)).containsExactly(this.stream + ".created", this.stream + ".paid");
		}
	}

	@Test
	void mixedBatchOfAConsumerWithoutKnownFilterHasNoDestination() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			subscribe(nats);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(null, PullSubscribeOptions.bind(this.stream, "billing"));
			nats.connection().jetStream().publish(this.stream + ".created", null);
			nats.connection().jetStream().publish(this.stream + ".paid", null);
			assertThat(subscription.fetch(2, PATIENCE)).hasSize(2);
			SpanData fetch = nats.spans().await("fetch");
			assertThat(fetch.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).isNull();
			assertThat(destinations(fetch)).containsExactly(this.stream + ".created", this.stream + ".paid");
		}
	}

	private JetStreamSubscription subscribe(TracedNats nats) throws Exception {
		nats.createStream(this.stream);
		return nats.connection()
			.jetStream()
			.subscribe(this.pattern, PullSubscribeOptions.builder().durable("billing").build());
	}

	private List<SpanData> publish(TracedNats nats, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			nats.connection().jetStream().publish(this.stream + ".created", null);
		}
		return nats.spans().await("publish " + this.stream + ".created", count);
	}

	private void deleteConsumer(TracedNats nats) {
		try {
			nats.raw().jetStreamManagement().deleteConsumer(this.stream, "billing");
		}
		catch (Exception ex) {
			throw new AssertionError("The consumer was not deleted", ex);
		}
	}

	private void assertReceived(TracedNats nats, List<Message> messages, List<SpanData> publishes)
			throws InterruptedException {
		int count = publishes.size();
		assertThat(messages).hasSize(count).doesNotContainNull();
		List<SpanData> receives = nats.spans().await("receive " + this.pattern, count);
		assertThat(receives).allMatch((receive) -> receive.getKind() == SpanKind.CLIENT)
			.allMatch((receive) -> receive.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT) == null)
			.extracting((receive) -> receive.getLinks().get(0).getSpanContext().getSpanId())
			.isEqualTo(ids(publishes));
		for (Message message : messages) {
			nats.tracing().process(message, Message::ack);
		}
		assertThat(nats.spans().await("process " + this.pattern, count)).extracting(SpanData::getParentSpanId)
			.isEqualTo(ids(publishes));
	}

	private static List<String> linked(SpanData span) {
		return span.getLinks().stream().map((link) -> link.getSpanContext().getSpanId()).toList();
	}

	private static List<String> destinations(SpanData span) {
		return span.getLinks()
			.stream()
			.map(LinkData::getAttributes)
			.map((attributes) -> attributes.get(MessagingAttributes.DESTINATION_NAME))
			.toList();
	}

	private static List<String> ids(List<SpanData> spans) {
		return spans.stream().map(SpanData::getSpanId).toList();
	}

}
