// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.Subscription;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Publishes to a stream of a real server in every way that JetStream has, and compares
 * the span and what is stored with what was given and acknowledged.
 */
@SuppressWarnings("try")
class JetStreamPublishIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private static final PublishOptions OPTIONS = PublishOptions.builder().build();

	private final String stream = NatsServer.newName("stored");

	private final String subject = this.stream + ".created";

	static List<Named<Publish>> overloads() {
		return List.of(named("publish(subject, body)", false, (jetStream, subject) -> jetStream.publish(subject, BODY)),
				named("publish(subject, headers, body)", true,
						(jetStream, subject) -> jetStream.publish(subject, mine(), BODY)),
				named("publish(subject, body, options)", false,
						(jetStream, subject) -> jetStream.publish(subject, BODY, OPTIONS)),
				named("publish(subject, headers, body, options)", true,
						(jetStream, subject) -> jetStream.publish(subject, mine(), BODY, OPTIONS)),
				named("publish(message)", true, (jetStream, subject) -> jetStream.publish(message(subject))),
				named("publish(message, options)", true,
						(jetStream, subject) -> jetStream.publish(message(subject), OPTIONS)),
				named("publishAsync(subject, body)", false,
						(jetStream, subject) -> get(jetStream.publishAsync(subject, BODY))),
				named("publishAsync(subject, headers, body)", true,
						(jetStream, subject) -> get(jetStream.publishAsync(subject, mine(), BODY))),
				named("publishAsync(subject, body, options)", false,
						(jetStream, subject) -> get(jetStream.publishAsync(subject, BODY, OPTIONS))),
				named("publishAsync(subject, headers, body, options)", true,
						(jetStream, subject) -> get(jetStream.publishAsync(subject, mine(), BODY, OPTIONS))),
				named("publishAsync(message)", true,
						(jetStream, subject) -> get(jetStream.publishAsync(message(subject)))),
				named("publishAsync(message, options)", true,
						(jetStream, subject) -> get(jetStream.publishAsync(message(subject), OPTIONS))));
	}

	@ParameterizedTest
	@MethodSource("overloads")
	void spanSaysWhereTheMessageIsStored(Publish publish) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			Span parent = nats.sdk().getTracer("test").spanBuilder("checkout").startSpan();
			PublishAck acknowledgment;
			try (Scope scope = parent.makeCurrent()) {
				acknowledgment = publish.call.publish(nats.connection().jetStream(), this.subject);
				assertThat(Span.current()).isSameAs(parent);
			}
			parent.end();
			assertThat(acknowledgment.getStream()).isEqualTo(this.stream);
			assertThat(acknowledgment.getSeqno()).isEqualTo(1);
			SpanData span = nats.spans().await("publish " + this.subject);
			assertThat(NatsAttributes.of(span)).isEqualTo(expected(nats, 1));
			assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(span.getParentSpanContext()).isEqualTo(parent.getSpanContext());
			assertThat(span.getStatus()).isEqualTo(StatusData.unset());
			assertThat(span.getLinks()).isEmpty();
			assertThat(span.getEvents()).isEmpty();
			assertThat(nats.spans().ended()).hasSize(2);

			MessageInfo stored = stored(nats, 1);
			assertThat(stored.getData()).isEqualTo(BODY);
			assertThat(stored.getHeaders().get("traceparent")).singleElement().asString().contains(span.getSpanId());
			assertThat(stored.getHeaders().get("mine")).isEqualTo(publish.headers ? List.of("one", "two") : null);
			assertThat(stored.getHeaders().size()).isEqualTo(publish.headers ? 2 : 1);
		}
	}

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void attributesAreComplete(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.conventions(conventions))
			.nats((builder) -> builder.captureHeaders(List.of("mine")))
			.start()) {
			nats.createStream(this.stream);
			nats.connection()
				.jetStream()
				.publish(this.subject, mine(), BODY, PublishOptions.builder().messageId("order-42").build());
			SpanData span = nats.spans().await("publish " + this.subject);
			Map<String, Object> expected = expected(nats, 1);
			expected.put("messaging.message.id", "order-42");
			expected.put("messaging.header.mine", List.of("one", "two"));
			assertThat(NatsAttributes.of(span)).isEqualTo(NatsAttributes.renamed(conventions, expected));
			assertThat(stored(nats, 1).getHeaders().get("Nats-Msg-Id")).containsExactly("order-42");
		}
	}

	@Test
	void duplicateByItsHeaderIsSaidToBeOne() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStream jetStream = nats.connection().jetStream();
			Headers headers = new Headers().put("Nats-Msg-Id", "order-42");
			jetStream.publish(this.subject, headers, BODY);
			assertThat(jetStream.publish(this.subject, headers, BODY).isDuplicate()).isTrue();
			assertDuplicate(nats);
		}
	}

	@Test
	void duplicateByItsOptionsIsSaidToBeOne() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStream jetStream = nats.connection().jetStream();
			PublishOptions options = PublishOptions.builder().messageId("order-42").build();
			get(jetStream.publishAsync(this.subject, BODY, options));
			assertThat(get(jetStream.publishAsync(this.subject, BODY, options)).isDuplicate()).isTrue();
			assertDuplicate(nats);
		}
	}

	private void assertDuplicate(TracedNats nats) {
		List<SpanData> spans = nats.spans().await("publish " + this.subject, 2);
		Map<String, Object> expected = expected(nats, 1);
		expected.put("messaging.message.id", "order-42");
		assertThat(NatsAttributes.of(spans.get(0))).isEqualTo(expected);
		expected.put("messaging.nats.publish.duplicate", true);
		assertThat(NatsAttributes.of(spans.get(1))).isEqualTo(expected);
	}

	@Test
	void publishesInFlightEachHaveTheirOwnAcknowledgment() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStream jetStream = nats.connection().jetStream();
			List<CompletableFuture<PublishAck>> futures = IntStream.range(0, 500)
				.mapToObj((i) -> jetStream.publishAsync(this.subject, BODY))
				.toList();
			for (CompletableFuture<PublishAck> future : futures) {
				get(future);
			}
			for (SpanData span : nats.spans().await("publish " + this.subject, 500)) {
				long sequence = (long) NatsAttributes.of(span).get("messaging.nats.stream.sequence");
				assertThat(span.getStatus()).isEqualTo(StatusData.unset());
				if (sequence % 100 == 0) {
					assertThat(stored(nats, sequence).getHeaders().getFirst("traceparent")).contains(span.getSpanId());
				}
			}
		}
	}

	@Test
	void spanLastsUntilTheAcknowledgmentCame() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			// It answers as a stream would, when the test lets it.
			Subscription stream = nats.raw().subscribe(this.subject);
			CompletableFuture<PublishAck> future = nats.connection().jetStream().publishAsync(this.subject, BODY);
			Message message = stream.nextMessage(Duration.ofSeconds(10));
			assertThat(nats.spans().open()).isEqualTo(1);
			assertThat(future).isNotDone();
			nats.raw()
				.publish(message.getReplyTo(),
						"{\"stream\":\"%s\",\"seq\":7}".formatted(this.stream).getBytes(StandardCharsets.UTF_8));
			assertThat(get(future).getSeqno()).isEqualTo(7);
			assertThat(NatsAttributes.of(nats.spans().await("publish " + this.subject))).isEqualTo(expected(nats, 7));
		}
	}

	@Test
	void acknowledgmentThatNobodyWaitsForIsNoneToUs() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			JetStream jetStream = nats.connection().jetStream(JetStreamOptions.builder().publishNoAck(true).build());
			assertThat(jetStream.publish(this.subject, BODY)).isNull();
			assertThat(jetStream.publishAsync(this.subject, BODY)).isNull();
			Map<String, Object> expected = NatsAttributes.expected(nats, "publish", "send");
			expected.put("messaging.destination.name", this.subject);
			assertThat(nats.spans().await("publish " + this.subject, 2)).allSatisfy((span) -> {
				assertThat(NatsAttributes.of(span)).isEqualTo(expected);
				assertThat(span.getStatus()).isEqualTo(StatusData.unset());
			});
			nats.flush();
			assertThat(stored(nats, 2).getHeaders().containsKey("traceparent")).isTrue();
		}
	}

	@Test
	void jetStreamOfTheManagementIsTracedToo() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			nats.connection().jetStreamManagement().jetStream().publish(this.subject, BODY);
			assertThat(NatsAttributes.of(nats.spans().await("publish " + this.subject))).isEqualTo(expected(nats, 1));
		}
	}

	private Map<String, Object> expected(TracedNats nats, long sequence) {
		Map<String, Object> expected = NatsAttributes.expected(nats, "publish", "send");
		expected.put("messaging.destination.name", this.subject);
		expected.put("messaging.nats.stream", this.stream);
		expected.put("messaging.nats.stream.sequence", sequence);
		return expected;
	}

	private MessageInfo stored(TracedNats nats, long sequence) throws Exception {
		return nats.raw().jetStreamManagement().getMessage(this.stream, sequence);
	}

	private static Named<Publish> named(String name, boolean headers, Call call) {
		return Named.of(name, new Publish(call, headers));
	}

	private static PublishAck get(CompletableFuture<PublishAck> future) throws Exception {
		return future.get(10, TimeUnit.SECONDS);
	}

	private static Headers mine() {
		return new Headers().put("mine", "one", "two");
	}

	private static Message message(String subject) {
		return NatsMessage.builder().subject(subject).headers(mine()).data(BODY).build();
	}

	/**
	 * A way to publish.
	 *
	 * @param call the call
	 * @param headers whether the user gives headers
	 */
	record Publish(Call call, boolean headers) {

	}

	/**
	 * A call.
	 */
	@FunctionalInterface
	interface Call {

		PublishAck publish(JetStream jetStream, String subject) throws Exception;

	}

}
