// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Follows a message through each way that NATS knows, against a real server.
 */
class JourneyIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("orders");

	@Test
	void handlerContinuesTheTraceOfThePublisher() {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher((message) -> {
			});
			dispatcher.subscribe(this.subject + ".*", "billing");
			nats.connection().publish(this.subject + ".created", BODY);
			SpanData publish = nats.spans().await("publish " + this.subject + ".created");
			SpanData process = nats.spans().await("process " + this.subject + ".*");
			assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
			assertThat(process.getTraceId()).isEqualTo(publish.getTraceId());
		}
	}

	@Test
	void requestAndReplyAreOneTrace() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(this.subject);
			nats.flush();
			assertThat(nats.connection().request(this.subject, BODY, PATIENCE)).isNotNull();
			SpanData request = nats.spans().await("request " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			SpanData reply = nats.spans().await("publish _INBOX");
			assertThat(request.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(process.getParentSpanId()).isEqualTo(request.getSpanId());
			assertThat(reply.getParentSpanId()).isEqualTo(process.getSpanId());
			CompletableFuture<Message> future = nats.connection().request(this.subject, BODY);
			assertThat(future.get(10, TimeUnit.SECONDS)).isNotNull();
			for (String name : List.of("request " + this.subject, "process " + this.subject, "publish _INBOX")) {
				nats.spans().await(name, 2);
			}
		}
	}

	@Test
	void fetchedMessagesAreLinkedTo() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.subject);
			JetStream jetStream = nats.connection().jetStream();
			for (int i = 0; i < 3; i++) {
				jetStream.publish(this.subject + ".created", BODY);
			}
			List<SpanData> publishes = nats.spans().await("publish " + this.subject + ".created", 3);
			JetStreamSubscription subscription = jetStream.subscribe(this.subject + ".>",
					PullSubscribeOptions.builder().durable("billing").build());
			List<Message> messages = subscription.fetch(3, PATIENCE);
			assertThat(messages).hasSize(3);
			SpanData fetch = nats.spans().await("fetch " + this.subject + ".>");
			assertThat(fetch.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactlyElementsOf(publishes.stream().map(SpanData::getSpanId).toList());
			nats.tracing().process(messages.get(0), Message::ack);
			SpanData process = nats.spans().await("process " + this.subject + ".>");
			assertThat(process.getParentSpanId()).isEqualTo(publishes.get(0).getSpanId());
			SpanData ack = nats.spans().await("ack " + this.subject + ".>");
			assertThat(ack.getParentSpanId()).isEqualTo(process.getSpanId());
		}
	}

	@Test
	void messageThatIsGivenUpEndsItsTrace() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.subject);
			nats.createConsumer(this.subject,
					ConsumerConfiguration.builder().durable("billing").maxDeliver(2).ackWait(Duration.ofSeconds(30)));
			nats.connection()
				.getStreamContext(this.subject)
				.getConsumerContext("billing")
				.consume((message) -> message.nak());
			nats.connection().jetStream().publish(this.subject + ".created", BODY);
			SpanData publish = nats.spans().await("publish " + this.subject + ".created");
			nats.spans().await("process " + this.subject + ".created", 2);
			SpanData end = nats.spans().await("max-deliveries " + this.subject + ".created");
			assertThat(end.getParentSpanId()).isEqualTo(publish.getSpanId());
		}
	}

}
