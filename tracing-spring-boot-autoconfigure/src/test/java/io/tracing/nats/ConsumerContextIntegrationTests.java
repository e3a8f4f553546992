// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.nats.client.BaseConsumerContext;
import io.nats.client.ConsumeOptions;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.MessageHandler;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every way to consume through a {@code ConsumerContext}, of a durable and of an ordered
 * consumer, against a real server.
 */
@SuppressWarnings("try")
class ConsumerContextIntegrationTests {

	private static final int MESSAGES = 3;

	// The least that jnats takes for these.
	private static final Duration A_SECOND = Duration.ofSeconds(1);

	private final String stream = NatsServer.newName("context");

	private final String pattern = this.stream + ".*";

	static Stream<Way> waysToPull() {
		return Stream.of(new Way("next()", "next", (context) -> times(() -> context.next())),
				new Way("next(Duration)", "next", (context) -> times(() -> context.next(Duration.ofSeconds(10)))),
				new Way("next(long)", "next", (context) -> times(() -> context.next(10_000))),
				new Way("fetchMessages", "receive", (context) -> drain(context.fetchMessages(MESSAGES))),
				new Way("fetchBytes", "receive", (context) -> {
					// Has no end before half a minute, unless it is full.
					try (FetchConsumer consumer = context.fetchBytes(10_000)) {
						return times(consumer::nextMessage);
					}
				}),
				new Way("fetch", "receive",
						(context) -> drain(context
							.fetch(FetchConsumeOptions.builder().maxMessages(MESSAGES).expiresIn(10_000).build()))),
				new Way("iterate()", "receive", (context) -> {
					try (IterableConsumer consumer = context.iterate()) {
						return times(() -> consumer.nextMessage(Duration.ofSeconds(10)));
					}
				}), new Way("iterate(options)", "receive", (context) -> {
					try (IterableConsumer consumer = context
						.iterate(ConsumeOptions.builder().batchSize(10).expiresIn(1000).build())) {
						return times(() -> consumer.nextMessage(10_000));
					}
				}));
	}

	@ParameterizedTest
	@MethodSource("waysToPull")
	void pulled(Way way) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			ConsumerContext context = durable(nats);
			List<SpanData> publishes = publish(nats);
			List<Message> messages = way.pull(context);
			assertThat(messages).hasSize(MESSAGES);
			List<SpanData> receives = nats.spans().await(way.operation() + " " + this.pattern, MESSAGES);
			assertThat(receives).allMatch((receive) -> receive.getKind() == SpanKind.CLIENT)
				.allMatch((receive) -> "billing"
					.equals(receive.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME)))
				.extracting((receive) -> receive.getLinks().get(0).getSpanContext().getSpanId())
				.isEqualTo(ids(publishes));
			for (Message message : messages) {
				nats.tracing().process(message, Message::ack);
			}
			assertProcessed(nats, publishes, "billing");
			assertThat(nats.spans().await("ack " + this.pattern, MESSAGES)).hasSize(MESSAGES);
		}
	}

	@ParameterizedTest
	@MethodSource("waysToPull")
	void pulledInOrder(Way way) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			List<SpanData> publishes = publish(nats);
			List<Message> messages = way.pull(ordered(nats));
			assertThat(messages).hasSize(MESSAGES);
			List<SpanData> receives = nats.spans().await(way.operation() + " " + this.pattern, MESSAGES);
			assertThat(receives)
				.allMatch((receive) -> receive.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME) == null)
				.extracting((receive) -> receive.getLinks().get(0).getSpanContext().getSpanId())
				.isEqualTo(ids(publishes));
			for (Message message : messages) {
				nats.tracing().process(message, (processed) -> {
				});
			}
			assertProcessed(nats, publishes, null);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "handler", "dispatcher", "options", "options and dispatcher" })
	void consumed(String way) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			ConsumerContext context = durable(nats);
			try (MessageConsumer consumer = consume(nats, context, way, Message::ack)) {
				List<SpanData> publishes = publish(nats);
				List<SpanData> processes = assertProcessed(nats, publishes, "billing");
				assertThat(nats.spans().await("ack " + this.pattern, MESSAGES)).extracting(SpanData::getParentSpanId)
					.isEqualTo(ids(processes));
				assertThat(consumer.isStopped()).isFalse();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "handler", "dispatcher", "options", "options and dispatcher" })
	void consumedInOrder(String way) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			List<SpanData> publishes = publish(nats);
			try (MessageConsumer consumer = consume(nats, ordered(nats), way, (message) -> {
			})) {
				assertProcessed(nats, publishes, null);
				assertThat(consumer.isStopped()).isFalse();
			}
		}
	}

	@Test
	void contextByNameIsTracedAsWell() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			durable(nats);
			publish(nats);
			nats.connection().getConsumerContext(this.stream, "billing").next().ack();
			nats.connection().jetStream().getConsumerContext(this.stream, "billing").next().ack();
			nats.connection().getStreamContext(this.stream).getConsumerContext("billing").next().ack();
			assertThat(nats.spans().await("next " + this.pattern, 3)).hasSize(3);
			assertThat(nats.spans().await("ack " + this.pattern, 3)).hasSize(3);
		}
	}

	@Test
	void consumerWithoutFilterIsNamedAfterTheSubject() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			nats.createConsumer(this.stream, ConsumerConfiguration.builder().durable("billing"));
			publish(nats);
			nats.connection().getConsumerContext(this.stream, "billing").next().ack();
			SpanData next = nats.spans().await("next " + this.stream + ".created");
			assertThat(next.getAttributes().get(MessagingAttributes.DESTINATION_TEMPLATE)).isNull();
			nats.spans().await("ack " + this.stream + ".created");
		}
	}

	@Test
	void emptyPullsMakeNoSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			ConsumerContext context = durable(nats);
			assertThat(context.next(A_SECOND)).isNull();
			try (FetchConsumer consumer = context
				.fetch(FetchConsumeOptions.builder().maxMessages(10).noWait().build())) {
				assertThat(consumer.nextMessage()).isNull();
			}
			try (IterableConsumer consumer = context.iterate()) {
				assertThat(consumer.nextMessage(20)).isNull();
			}
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void pullFromAConsumerThatIsGoneFails() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			ConsumerContext context = durable(nats);
			try (FetchConsumer consumer = context
				.fetch(FetchConsumeOptions.builder().maxMessages(1).expiresIn(10_000).build())) {
				nats.raw().jetStreamManagement().deleteConsumer(this.stream, "billing");
				assertThatExceptionOfType(JetStreamStatusCheckedException.class).isThrownBy(consumer::nextMessage);
			}
			SpanData receive = nats.spans().await("receive " + this.pattern);
			assertThat(receive.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(receive.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(JetStreamStatusCheckedException.class.getName());
		}
	}

	private ConsumerContext durable(TracedNats nats) throws Exception {
		nats.createStream(this.stream);
		return nats.connection()
			.getStreamContext(this.stream)
			.createOrUpdateConsumer(
					ConsumerConfiguration.builder().durable("billing").filterSubject(this.pattern).build());
	}

	private BaseConsumerContext ordered(TracedNats nats) throws Exception {
		return nats.connection()
			.getStreamContext(this.stream)
			.createOrderedConsumer(new OrderedConsumerConfiguration().filterSubject(this.pattern));
	}

	private static MessageConsumer consume(TracedNats nats, BaseConsumerContext context, String way,
			MessageHandler handler) throws Exception {
		ConsumeOptions options = ConsumeOptions.builder().batchSize(10).build();
		Dispatcher dispatcher = nats.connection().createDispatcher();
		return switch (way) {
			case "handler" -> context.consume(handler);
			case "dispatcher" -> context.consume(dispatcher, handler);
			case "options" -> context.consume(options, handler);
			default -> context.consume(options, dispatcher, handler);
		};
	}

	private List<SpanData> publish(TracedNats nats) throws Exception {
		for (int i = 0; i < MESSAGES; i++) {
			nats.connection().jetStream().publish(this.stream + ".created", null);
		}
		return nats.spans().await("publish " + this.stream + ".created", MESSAGES);
	}

	private List<SpanData> assertProcessed(TracedNats nats, List<SpanData> publishes, String consumer) {
		List<SpanData> processes = nats.spans().await("process " + this.pattern, MESSAGES);
		assertThat(processes).extracting(SpanData::getParentSpanId).isEqualTo(ids(publishes));
		assertThat(processes)
			.extracting((process) -> process.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME))
			.containsOnly(consumer);
		return processes;
	}

	private static List<String> ids(List<SpanData> spans) {
		return spans.stream().map(SpanData::getSpanId).toList();
	}

	private static List<Message> times(Pull pull) throws Exception {
		List<Message> messages = new ArrayList<>();
		for (int i = 0; i < MESSAGES; i++) {
			messages.add(pull.pull());
		}
		return messages;
	}

	private static List<Message> drain(FetchConsumer consumer) throws Exception {
		try (consumer) {
			List<Message> messages = new ArrayList<>();
			for (Message message = consumer.nextMessage(); message != null; message = consumer.nextMessage()) {
				messages.add(message);
			}
			return messages;
		}
	}

	private record Way(String name, String operation, Pulling pulling) {

		List<Message> pull(BaseConsumerContext context) throws Exception {
			return this.pulling.pull(context);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	private interface Pulling {

		List<Message> pull(BaseConsumerContext context) throws Exception;

	}

	private interface Pull {

		Message pull() throws Exception;

	}

}
