// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the server allows without tracing it gets with tracing: a message that has no room
 * for the context goes without it, and its span says so, against servers with small
 * limits and without headers.
 */
class LimitsIntegrationTests {

	private static final int MAX_PAYLOAD = 4096;

	// traceparent:<55 characters>, line ends, and the first line of the headers.
	private static final int CONTEXT = 81;

	private static final int MAX_STORED_HEADERS = 65_535;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("limits");

	@ParameterizedTest
	@CsvSource({ "0, true", "0, false", "80, true", "80, false", "81, true", "81, false" })
	void bodyIsDeliveredWhetherOrNotTheContextHasRoom(int room, boolean checkedByClient) throws Exception {
		try (NatsServer server = NatsServer.start("max_payload: " + MAX_PAYLOAD);
				TracedNats nats = TracedNats.builder()
					.server(server)
					.options((options) -> checkedByClient ? options : options.clientSideLimitChecks(false))
					.start()) {
			nats.createStream(this.subject);
			byte[] body = new byte[MAX_PAYLOAD - room];
			Connection connection = nats.connection();
			connection.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), body))
				.subscribe("answer");
			Subscription subscription = nats.raw().subscribe("core");
			connection.publish("core", body);
			assertThat(subscription.nextMessage(PATIENCE).getData()).hasSize(body.length);
			assertThat(connection.request("answer", body, PATIENCE).getData()).hasSize(body.length);
			assertThat(connection.request("answer", body).get(10, TimeUnit.SECONDS).getData()).hasSize(body.length);
			JetStream jetStream = connection.jetStream();
			assertThat(jetStream.publish(this.subject + ".a", body).getSeqno()).isEqualTo(1);
			assertThat(jetStream.publishAsync(this.subject + ".a", body).get().getSeqno()).isEqualTo(2);
			String omitted = (room < CONTEXT) ? "max_payload" : null;
			assertOmitted(nats.spans().await("publish core"), omitted);
			assertThat(nats.spans().await("request answer", 2)).allSatisfy((span) -> assertOmitted(span, omitted));
			assertThat(nats.spans().await("publish _INBOX", 2)).allSatisfy((span) -> assertOmitted(span, omitted));
			assertThat(nats.spans().await("publish " + this.subject + ".a", 2))
				.allSatisfy((span) -> assertOmitted(span, omitted));
			assertThat(connection.getStatistics().getReconnects()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 100, 200, 300, 400, 1000 })
	void headersThatJetStreamAddsAreCounted(int room) throws Exception {
		try (NatsServer server = NatsServer.start("max_payload: " + MAX_PAYLOAD);
				TracedNats nats = TracedNats.builder().server(server).start()) {
			nats.createStream(this.subject);
			PublishOptions options = PublishOptions.builder()
				.messageId("an-id-of-the-application")
				.expectedStream(this.subject)
				.expectedLastSequence(0)
				.build();
			// What is allowed without tracing, less the room.
			byte[] body = new byte[largest(nats.raw().jetStream(), options) - room];
			nats.raw().jetStreamManagement().deleteStream(this.subject);
			nats.createStream(this.subject);
			assertThat(nats.connection().jetStream().publish(this.subject + ".a", body, options).getSeqno())
				.isEqualTo(1);
			assertOmitted(nats.spans().await("publish " + this.subject + ".a"), (room < 1000) ? "max_payload" : null);
		}
	}

	private int largest(JetStream jetStream, PublishOptions options) throws Exception {
		for (int size = MAX_PAYLOAD; true; size--) {
			try {
				jetStream.publish(this.subject + ".a", new byte[size], options);
				return size;
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex).hasMessageContaining("Message payload size exceed");
			}
		}
	}

	@Test
	void headersOfAStoredMessageMayFill64KiB() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.subject);
			Headers headers = new Headers().put("large", "x");
			headers.put("large", "x".repeat(MAX_STORED_HEADERS - headers.serializedLength() + 1));
			assertThat(headers.serializedLength()).isEqualTo(MAX_STORED_HEADERS);
			JetStream jetStream = nats.connection().jetStream();
			assertThat(jetStream.publish(this.subject + ".a", headers, new byte[1]).getSeqno()).isEqualTo(1);
			nats.connection().publish(this.subject + ".a", headers, new byte[1]);
			nats.flush();
			assertThat(nats.raw().jetStreamManagement().getStreamInfo(this.subject).getStreamState().getMsgCount())
				.isEqualTo(2);
			assertThat(nats.spans().await("publish " + this.subject + ".a", 2))
				.allSatisfy((span) -> assertOmitted(span, "max_headers"));
		}
	}

	@Test
	void serverWithoutHeadersGetsNone() throws Exception {
		try (NatsServer server = NatsServer.start("no_header_support: true");
				TracedNats nats = TracedNats.builder()
					.server(server)
					.options(LimitsIntegrationTests::withoutHeaders)
					.start()) {
			assertRoundTrips(nats);
		}
	}

	@Test
	void clientWithoutHeadersSendsNoneToAServerThatTakesThem() throws Exception {
		try (TracedNats nats = TracedNats.builder().options(LimitsIntegrationTests::withoutHeaders).start()) {
			assertRoundTrips(nats);
		}
	}

	/**
	 * A message, a request and its reply, and nobody hangs up.
	 */
	private void assertRoundTrips(TracedNats nats) throws Exception {
		Connection connection = nats.connection();
		connection.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), new byte[2]))
			.subscribe(this.subject);
		Subscription subscription = connection.subscribe(this.subject + ".core");
		nats.flush();
		connection.publish(this.subject + ".core", new byte[1]);
		Message message = subscription.nextMessage(PATIENCE);
		assertThat(message.getHeaders()).isNull();
		assertThat(connection.request(this.subject, new byte[1], PATIENCE).getData()).hasSize(2);
		nats.flush();
		assertThat(connection.getStatistics().getReconnects()).isZero();
		assertOmitted(nats.spans().await("publish " + this.subject + ".core"), "no_headers");
		assertOmitted(nats.spans().await("request " + this.subject), "no_headers");
		SpanData process = nats.spans().await("process " + this.subject);
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertOmitted(nats.spans().await("publish _INBOX"), "no_headers");
	}

	private static Options.Builder withoutHeaders(Options.Builder options) {
		return options.noHeaders().noNoResponders();
	}

	private static void assertOmitted(SpanData span, @Nullable String reason) {
		assertThat(span.getAttributes().get(MessagingAttributes.NATS_CONTEXT_OMITTED)).isEqualTo(reason);
	}

}
