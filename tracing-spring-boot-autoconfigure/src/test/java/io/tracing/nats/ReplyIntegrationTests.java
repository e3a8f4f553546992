// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers of handlers on a real server: they are part of the trace of the question, and
 * no inbox, which is made for one use, ever names anything.
 */
class ReplyIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("reply");

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void answerThroughTheConnectionOfTheMessageIsTraced(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.conventions(conventions))
			.start()) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(this.subject);
			nats.flush();
			nats.connection().request(this.subject, BODY, PATIENCE);
			SpanData reply = assertReplyIsPartOfTheTrace(nats);
			Map<String, Object> expected = NatsAttributes.expected(nats, "publish", "send");
			expected.put("messaging.destination.template", "_INBOX");
			expected.put("messaging.destination.temporary", true);
			assertThat(NatsAttributes.of(reply)).isEqualTo(NatsAttributes.renamed(conventions, expected));
			assertThat(reply.getKind()).isEqualTo(SpanKind.PRODUCER);
		}
	}

	@Test
	void answerThroughTheConnectionOfTheApplicationIsTraced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection()
				.createDispatcher((message) -> nats.connection()
					.publish(message.getReplyTo(), new Headers().put("mine", "one"), BODY))
				.subscribe(this.subject);
			nats.flush();
			Message reply = nats.connection().request(this.subject, BODY, PATIENCE);
			SpanData span = assertReplyIsPartOfTheTrace(nats);
			assertThat(reply.getHeaders().get("mine")).containsExactly("one");
			assertThat(reply.getHeaders().get("traceparent")).singleElement().asString().contains(span.getSpanId());
		}
	}

	@Test
	void connectionOfTheMessageIsTheOneOfTheApplication() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			assertThat(subscription.nextMessage(PATIENCE).getConnection()).isSameAs(nats.connection());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "_SHOP", "_SHOP.", "_shop.till-7" })
	void inboxPrefixOfTheApplicationIsUsed(String prefix) throws Exception {
		String template = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
		try (TracedNats nats = TracedNats.builder().options((options) -> options.inboxPrefix(prefix)).start()) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(this.subject);
			nats.flush();
			nats.connection().request(this.subject, BODY, PATIENCE);
			SpanData reply = nats.spans().await("publish " + template);
			assertThat(NatsAttributes.of(reply)).containsEntry("messaging.destination.template", template)
				.containsEntry("messaging.destination.temporary", true)
				.doesNotContainKey("messaging.destination.name");
			assertNothingIsNamedAfter(nats, template + ".");
		}
	}

	@Test
	void inboxOfARequesterWithAnotherPrefixNamesNothing() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(this.subject);
			nats.flush();
			Connection stranger = nats.connect(nats.server().options().inboxPrefix("_STRANGER"));
			assertThat(stranger.request(this.subject, BODY, PATIENCE).getData()).isEqualTo(BODY);
			SpanData process = nats.spans().await("process " + this.subject);
			SpanData reply = nats.spans().await("publish _INBOX");
			assertThat(reply.getParentSpanId()).isEqualTo(process.getSpanId());
			assertNothingIsNamedAfter(nats, "_STRANGER");
		}
	}

	@Test
	void answerOnASubjectThatTheApplicationHasNamedKeepsItsName() throws Exception {
		String answers = this.subject + ".answers";
		try (TracedNats nats = TracedNats.start()) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(this.subject);
			Subscription subscription = nats.connection().subscribe(answers);
			nats.connection().publish(this.subject, answers, BODY);
			assertThat(subscription.nextMessage(PATIENCE)).isNotNull();
			SpanData process = nats.spans().await("process " + this.subject);
			SpanData reply = nats.spans().await("publish " + answers);
			assertThat(reply.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(NatsAttributes.of(reply)).containsEntry("messaging.destination.name", answers)
				.doesNotContainKey("messaging.destination.temporary");
		}
	}

	@Test
	void answerOutsideOfAnySpanIsNotTraced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription inbox = nats.raw().subscribe(nats.raw().createInbox());
			nats.connection().publish(inbox.getSubject(), BODY);
			assertThat(inbox.nextMessage(PATIENCE).getHeaders()).isNull();
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void busyJourneyIsNotNamedAfterInboxesOrAcknowledgments() throws Exception {
		String bucket = NatsServer.newName("bucket");
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.subject);
			nats.createConsumer(this.subject, ConsumerConfiguration.builder().durable("consumed"));
			nats.raw()
				.keyValueManagement()
				.create(KeyValueConfiguration.builder().name(bucket).storageType(StorageType.Memory).build());
			Connection connection = nats.connection();
			JetStream jetStream = connection.jetStream();
			String asked = NatsServer.newName("asked");
			connection.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(asked);
			nats.flush();

			connection.request(asked, BODY, PATIENCE);
			connection.request(asked, BODY).get();
			Subscription inbox = connection.subscribe(connection.createInbox());
			connection.publish(asked, inbox.getSubject(), BODY);
			assertThat(inbox.nextMessage(PATIENCE)).isNotNull();
			connection.request("nobody." + asked, BODY, PATIENCE);

			jetStream.publish(this.subject + ".created", BODY);
			jetStream.publishAsync(this.subject + ".created", BODY).get();
			jetStream.subscribe(this.subject + ".created", connection.createDispatcher(), Message::ack, false);
			JetStreamSubscription sync = jetStream.subscribe(this.subject + ".created");
			sync.nextMessage(PATIENCE).ack();
			JetStreamSubscription pull = jetStream.subscribe(this.subject + ".>",
					PullSubscribeOptions.builder().durable("pulled").build());
			for (Message message : pull.fetch(2, PATIENCE)) {
				nats.tracing().process(message, Message::ack);
			}
			connection.getStreamContext(this.subject).getConsumerContext("consumed").consume(Message::nak);
			nats.spans().await("ack " + this.subject + ".created", 3);

			KeyValue entries = connection.keyValue(bucket);
			entries.put("key", BODY);
			entries.get("key");
			entries.keys();
			entries.history("key");
			entries.delete("key");
			connection.flush(PATIENCE);
			assertNothingIsNamedAfter(nats, "_INBOX.");
			assertNothingIsNamedAfter(nats, "$");
		}
	}

	private SpanData assertReplyIsPartOfTheTrace(TracedNats nats) {
		SpanData request = nats.spans().await("request " + this.subject);
		SpanData process = nats.spans().await("process " + this.subject);
		SpanData reply = nats.spans().await("publish _INBOX");
		assertThat(reply.getParentSpanId()).isEqualTo(process.getSpanId());
		assertThat(reply.getTraceId()).isEqualTo(request.getTraceId());
		assertThat(nats.spans().ended()).hasSize(3);
		assertNothingIsNamedAfter(nats, "_INBOX.");
		return reply;
	}

	private static void assertNothingIsNamedAfter(TracedNats nats, String text) {
		assertThat(nats.spans().ended()).isNotEmpty()
			.allSatisfy((span) -> assertThat(texts(span)).as(span.getName())
				.noneMatch((written) -> written.contains(text)));
	}

	/**
	 * All that is written on a span, wherever it is written.
	 */
	private static Stream<String> texts(SpanData span) {
		Stream<Attributes> attributes = Stream
			.of(Stream.of(span.getAttributes()), span.getLinks().stream().map(LinkData::getAttributes),
					span.getEvents().stream().map(EventData::getAttributes))
			.flatMap((each) -> each);
		Stream<String> names = Stream.concat(Stream.of(span.getName(), span.getStatus().getDescription()),
				span.getEvents().stream().map(EventData::getName));
		return Stream.concat(names, attributes.flatMap((each) -> each.asMap().values().stream()).map(String::valueOf));
	}

}
