// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.PullRequestOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * JetStream pushes to every kind of subscription, with a traced dispatcher that goes back
 * into jnats, against a real server.
 */
class PushConsumerIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String stream = NatsServer.newName("push");

	private final String pattern = this.stream + ".*";

	private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

	static Stream<Way> waysToHandle() {
		return Stream.of(
				new Way("subject", null, false,
						(jetStream, pattern, dispatcher, handler) -> jetStream.subscribe(pattern, dispatcher, handler,
								true)),
				new Way("subject and options", null, true,
						(jetStream, pattern, dispatcher, handler) -> jetStream.subscribe(pattern, dispatcher, handler,
								true, PushSubscribeOptions.builder().durable("billing").build())),
				new Way("queue", "till", false,
						(jetStream, pattern, dispatcher, handler) -> jetStream.subscribe(pattern, "till", dispatcher,
								handler, true, null)),
				new Way("queue and options", "till", true,
						(jetStream, pattern, dispatcher, handler) -> jetStream.subscribe(pattern, "till", dispatcher,
								handler, true,
								PushSubscribeOptions.builder().durable("billing").deliverGroup("till").build())),
				new Way("group in the options", "till", true,
						(jetStream, pattern, dispatcher, handler) -> jetStream.subscribe(pattern, dispatcher, handler,
								true, PushSubscribeOptions.builder().durable("billing").deliverGroup("till").build())),
				new Way("pull", null, true, (jetStream, pattern, dispatcher, handler) -> {
					JetStreamSubscription subscription = jetStream.subscribe(pattern, dispatcher, (message) -> {
						handler.onMessage(message);
						message.ack();
					}, PullSubscribeOptions.builder().durable("billing").build());
					subscription.pull(PullRequestOptions.builder(10).expiresIn(5_000).build());
					return subscription;
				}));
	}

	@ParameterizedTest
	@MethodSource("waysToHandle")
	void handlerRunsInTheSpanOfItsMessage(Way way) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			Dispatcher dispatcher = nats.connection().createDispatcher();
			JetStreamSubscription subscription = way.subscribe()
				.subscribe(nats.connection().jetStream(), this.pattern, dispatcher, this::handle);
			assertThat(subscription.getDispatcher()).isEqualTo(dispatcher);
			nats.connection().jetStream().publish(this.stream + ".created", null);
			SpanData publish = nats.spans().await("publish " + this.stream + ".created");
			SpanData process = nats.spans().await("process " + this.pattern);
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
			assertThat(process.getLinks()).hasSize(1);
			assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_NAME))
				.isEqualTo(this.stream + ".created");
			assertThat(process.getAttributes().get(MessagingAttributes.DESTINATION_TEMPLATE)).isEqualTo(this.pattern);
			assertThat(process.getAttributes().get(MessagingAttributes.CONSUMER_GROUP_NAME)).isEqualTo(way.group());
			String consumer = subscription.getConsumerInfo().getName();
			assertThat(consumer.equals("billing")).isEqualTo(way.durable());
			assertThat(process.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME)).isEqualTo(consumer);
			assertThat(this.handled.poll(10, TimeUnit.SECONDS)).isEqualTo(process.getSpanId());
			await("everything acknowledged").atMost(PATIENCE)
				.until(() -> subscription.getConsumerInfo(), PushConsumerIntegrationTests::isDone);
		}
	}

	@Test
	void messageIsLeftToTheHandlerWithoutAutoAck() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.pattern, nats.connection().createDispatcher(), this::handle, false);
			nats.connection().jetStream().publish(this.stream + ".created", null);
			nats.spans().await("process " + this.pattern);
			assertThat(subscription.getConsumerInfo().getNumAckPending()).isEqualTo(1);
			assertThat(nats.spans().named("ack " + this.pattern)).isEmpty();
		}
	}

	@Test
	void acknowledgmentOfTheHandlerIsTheOnlyOne() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.pattern, nats.connection().createDispatcher(), Message::ack, true);
			nats.connection().jetStream().publish(this.stream + ".created", null);
			SpanData process = nats.spans().await("process " + this.pattern);
			assertThat(nats.spans().await("ack " + this.pattern).getParentSpanId()).isEqualTo(process.getSpanId());
			await("acknowledged").atMost(PATIENCE)
				.until(() -> subscription.getConsumerInfo(), PushConsumerIntegrationTests::isDone);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "subject", "options", "queue" })
	void applicationTakesWhatIsPushed(String way) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStream jetStream = nats.connection().jetStream();
			PushSubscribeOptions durable = PushSubscribeOptions.builder().durable("billing").build();
			JetStreamSubscription subscription = switch (way) {
				case "subject" -> jetStream.subscribe(this.pattern);
				case "options" -> jetStream.subscribe(this.pattern, durable);
				default -> jetStream.subscribe(this.pattern, "till", null);
			};
			jetStream.publish(this.stream + ".created", null);
			jetStream.publish(this.stream + ".created", null);
			List<SpanData> publishes = nats.spans().await("publish " + this.stream + ".created", 2);
			Message first = subscription.nextMessage(PATIENCE);
			assertThat(subscription.nextMessage(10_000)).isNotNull();
			List<SpanData> receives = nats.spans().await("receive " + this.pattern, 2);
			assertThat(receives).allMatch((receive) -> receive.getKind() == SpanKind.CLIENT)
				.allMatch((receive) -> !receive.getParentSpanContext().isValid())
				.extracting((receive) -> receive.getLinks().get(0).getSpanContext().getSpanId())
				.containsExactlyElementsOf(publishes.stream().map(SpanData::getSpanId).toList());
			assertThat(receives.get(0).getAttributes().get(MessagingAttributes.CONSUMER_GROUP_NAME))
				.isEqualTo(way.equals("queue") ? "till" : null);

			nats.tracing().process(first, Message::ack);
			SpanData process = nats.spans().await("process " + this.pattern);
			assertThat(process.getParentSpanId()).isEqualTo(publishes.get(0).getSpanId());
			assertThat(nats.spans().await("ack " + this.pattern).getParentSpanId()).isEqualTo(process.getSpanId());
			subscription.unsubscribe();
		}
	}

	@Test
	void consumerWithoutAcknowledgment() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			nats.connection()
				.jetStream()
				.subscribe(this.pattern, nats.connection().createDispatcher(), this::handle, true,
						PushSubscribeOptions.builder()
							.configuration(ConsumerConfiguration.builder().ackPolicy(AckPolicy.None).build())
							.build());
			nats.connection().jetStream().publish(this.stream + ".created", null);
			nats.spans().await("process " + this.pattern);
			assertThat(this.handled).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void orderedConsumer(boolean handler) throws Exception {
		PushSubscribeOptions ordered = PushSubscribeOptions.builder().ordered(true).build();
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStream jetStream = nats.connection().jetStream();
			for (int i = 0; i < 3; i++) {
				jetStream.publish(this.stream + ".created", null);
			}
			List<SpanData> publishes = nats.spans().await("publish " + this.stream + ".created", 3);
			if (handler) {
				jetStream.subscribe(this.pattern, nats.connection().createDispatcher(), this::handle, false, ordered);
			}
			else {
				JetStreamSubscription subscription = jetStream.subscribe(this.pattern, ordered);
				for (int i = 0; i < 3; i++) {
					nats.tracing().process(subscription.nextMessage(PATIENCE), this::handle);
				}
			}
			List<SpanData> processes = nats.spans().await("process " + this.pattern, 3);
			assertThat(processes).extracting(SpanData::getParentSpanId)
				.containsExactlyElementsOf(publishes.stream().map(SpanData::getSpanId).toList());
			assertThat(processes).as("the consumer is made anew whenever there is a gap")
				.allMatch((process) -> process.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME) == null);
			assertThat(nats.spans().named("receive " + this.pattern)).hasSize(handler ? 0 : 3);
		}
	}

	private void handle(Message message) {
		this.handled.add(Span.current().getSpanContext().getSpanId());
	}

	private static boolean isDone(ConsumerInfo info) {
		return info.getNumAckPending() == 0 && info.getNumPending() == 0;
	}

	private record Way(String name, String group, boolean durable, Subscribing subscribe) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	private interface Subscribing {

		JetStreamSubscription subscribe(JetStream jetStream, String pattern, Dispatcher dispatcher,
				MessageHandler handler) throws Exception;

	}

}
