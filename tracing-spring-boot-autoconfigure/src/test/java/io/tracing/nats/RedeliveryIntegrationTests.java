// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import io.nats.client.Connection;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each delivery of a message is a span of its own in the same trace, and a message that
 * JetStream gives up on ends its own story, against a real server.
 */
class RedeliveryIntegrationTests {

	private static final AttributeKey<Long> DELIVERY_COUNT = AttributeKey
		.longKey("messaging.nats.message.delivery_count");

	private static final AttributeKey<Long> STREAM_SEQUENCE = AttributeKey.longKey("messaging.nats.stream.sequence");

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String stream = NatsServer.newName("redelivery");

	private final String subject = this.stream + ".created";

	@Test
	void eachAttemptIsASpanOfTheSameTrace() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			consume(nats, nats.connection(), 10, (message) -> {
				if (message.metaData().deliveredCount() < 4) {
					message.nakWithDelay(10);
					throw new IllegalStateException("injected");
				}
				message.ack();
			});
			SpanData publish = publish(nats);
			List<SpanData> processes = nats.spans().await("process " + this.subject, 4);
			assertAttempts(publish, processes, 4);
			assertThat(processes).extracting((process) -> process.getStatus().getStatusCode())
				.containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
			assertThat(nats.spans().await("nak " + this.subject, 3)).extracting(SpanData::getParentSpanId)
				.isEqualTo(processes.stream().limit(3).map(SpanData::getSpanId).toList());
			assertThat(nats.spans().await("ack " + this.subject).getParentSpanId())
				.isEqualTo(processes.get(3).getSpanId());
		}
	}

	@Test
	void pulledAgain() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.subject, PullSubscribeOptions.builder().durable("billing").build());
			SpanData publish = publish(nats);
			for (int i = 0; i < 3; i++) {
				nats.tracing().process(subscription.fetch(1, PATIENCE).get(0), Message::nak);
			}
			assertAttempts(publish, nats.spans().await("process " + this.subject, 3), 3);
			assertThat(nats.spans().await("fetch " + this.subject, 3))
				.extracting((fetch) -> fetch.getLinks().get(0).getAttributes().get(DELIVERY_COUNT))
				.containsExactly(1L, 2L, 3L);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void messageThatIsGivenUpEndsItsTrace(int maxDeliver) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			consume(nats, nats.connection(), maxDeliver, Message::nak);
			SpanData publish = publish(nats);
			nats.spans().await("process " + this.subject, maxDeliver);
			assertGivenUp(nats, publish, maxDeliver);
		}
	}

	@Test
	void pushedMessageThatIsGivenUp() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			nats.connection()
				.jetStream()
				.subscribe(this.stream + ".*", nats.connection().createDispatcher(), Message::nak, false,
						PushSubscribeOptions.builder()
							.durable("billing")
							.configuration(ConsumerConfiguration.builder().maxDeliver(2).build())
							.build());
			SpanData publish = publish(nats);
			nats.spans().await("process " + this.stream + ".*", 2);
			assertGivenUp(nats, publish, 2);
		}
	}

	@Test
	void eachMessageThatIsGivenUpEndsItsOwnTrace() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			consume(nats, nats.connection(), 1, Message::nak);
			for (int i = 0; i < 5; i++) {
				nats.connection().jetStream().publish(this.subject, null);
			}
			List<SpanData> publishes = nats.spans().await("publish " + this.subject, 5);
			assertThat(nats.spans().await("max-deliveries " + this.subject, 5)).extracting(SpanData::getParentSpanId)
				.containsExactlyInAnyOrderElementsOf(publishes.stream().map(SpanData::getSpanId).toList());
		}
	}

	@Test
	void ofSeveralInstancesOneTellsTheEnd() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Connection second = nats.tracing().wrap(nats.connect());
			consume(nats, nats.connection(), 4, Message::nak);
			second.getConsumerContext(this.stream, "billing").consume(Message::nak);
			for (int i = 0; i < 20; i++) {
				nats.connection().jetStream().publish(this.subject, null);
			}
			List<SpanData> processes = nats.spans().await("process " + this.subject, 80);
			assertThat(processes).extracting((process) -> process.getAttributes().get(MessagingAttributes.CLIENT_ID))
				.as("both have some")
				.contains(clientId(nats.raw()), clientId(NatsTracing.unwrap(second)));
			List<SpanData> ends = nats.spans().await("max-deliveries " + this.subject, 20);
			nats.flush();
			assertThat(ends).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(nats.spans().named("max-deliveries " + this.subject)).hasSize(20);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ack", "term" })
	void messageThatIsDoneWithAtTheLastAttemptIsNotGivenUp(String settlement) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			consume(nats, nats.connection(), 2, (message) -> {
				boolean last = message.metaData().deliveredCount() == 2;
				boolean end = message.getSubject().endsWith(".end");
				if (!last || end) {
					message.nak();
				}
				else if (settlement.equals("ack")) {
					message.ack();
				}
				else {
					message.term();
				}
			});
			publish(nats);
			nats.spans().await(settlement + " " + this.subject);
			// Comes after what is waited for in vain.
			nats.connection().jetStream().publish(this.stream + ".end", null);
			nats.spans().await("max-deliveries " + this.stream + ".end");
			assertThat(nats.spans().named("max-deliveries " + this.subject)).isEmpty();
		}
	}

	@Test
	void advisoriesCanBeSwitchedOff() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.advisories(false)).start()) {
			var advisories = nats.raw().subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + this.stream + ".>");
			consume(nats, nats.connection(), 1, Message::nak);
			publish(nats);
			assertThat(advisories.nextMessage(PATIENCE)).isNotNull();
			nats.flush();
			assertThat(nats.spans().named("max-deliveries " + this.subject)).isEmpty();
			assertThat(nats.spans().named("process " + this.subject)).hasSize(1);
		}
	}

	@Test
	void applicationHearsAdvisoriesAsEverAndMakesNoSpanOfThem() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			var advisories = nats.connection()
				.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + this.stream + ".>");
			consume(nats, nats.connection(), 1, Message::nak);
			SpanData publish = publish(nats);
			Message advisory = advisories.nextMessage(PATIENCE);
			assertThat(advisory).isNotNull();
			assertGivenUp(nats, publish, 1);
			assertThat(nats.spans().ended()).extracting(SpanData::getName)
				.containsExactlyInAnyOrder("publish " + this.subject, "process " + this.subject, "nak " + this.subject,
						"max-deliveries " + this.subject);
		}
	}

	@Test
	void untracedSubjectHasNoEnd() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.subjects((subject) -> !subject.equals(this.subject)))
			.start()) {
			consume(nats, nats.connection(), 1, Message::nak);
			nats.connection().jetStream().publish(this.subject, null);
			nats.connection().jetStream().publish(this.stream + ".end", null);
			nats.spans().await("max-deliveries " + this.stream + ".end");
			assertThat(nats.spans().named("max-deliveries " + this.subject)).isEmpty();
		}
	}

	private void consume(TracedNats nats, Connection connection, int maxDeliver, MessageHandler handler)
			throws Exception {
		nats.createStream(this.stream);
		nats.createConsumer(this.stream, ConsumerConfiguration.builder().durable("billing").maxDeliver(maxDeliver));
		connection.getConsumerContext(this.stream, "billing").consume(handler);
	}

	private SpanData publish(TracedNats nats) throws Exception {
		nats.connection().jetStream().publish(this.subject, null);
		return nats.spans().await("publish " + this.subject);
	}

	private static void assertAttempts(SpanData publish, List<SpanData> processes, int count) {
		assertThat(processes).allSatisfy((process) -> {
			assertThat(process.getTraceId()).isEqualTo(publish.getTraceId());
			assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
			assertThat(process.getAttributes().get(STREAM_SEQUENCE)).isEqualTo(1);
		});
		assertThat(processes).extracting((process) -> process.getAttributes().get(DELIVERY_COUNT))
			.containsExactlyElementsOf(LongStream.rangeClosed(1, count).boxed().toList());
	}

	private void assertGivenUp(TracedNats nats, SpanData publish, long deliveries) {
		SpanData end = nats.spans().await("max-deliveries " + this.subject);
		assertThat(end.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(end.getTraceId()).isEqualTo(publish.getTraceId());
		assertThat(end.getParentSpanId()).isEqualTo(publish.getSpanId());
		assertThat(end.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(end.getStatus().getDescription()).contains("billing").contains(deliveries + " times");
		assertThat(end.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo("max_deliveries");
		assertThat(end.getAttributes().get(DELIVERY_COUNT)).isEqualTo(deliveries);
		assertThat(end.getAttributes().get(STREAM_SEQUENCE)).isEqualTo(1);
		assertThat(end.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME)).isEqualTo("billing");
		assertThat(end.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).isEqualTo(this.subject);
	}

	private static String clientId(Connection connection) {
		return String.valueOf(connection.getServerInfo().getClientId());
	}

}
