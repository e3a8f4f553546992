// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Publishes in every way that a connection has, and compares the span and what a plain
 * subscription on a real server receives with what was given.
 */
@SuppressWarnings("try")
class PublishIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private static final String REPLY_TO = "answers";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("publish") + ".created";

	static List<Named<Publish>> overloads() {
		return List.of(
				Named.of("subject, body",
						new Publish((connection, subject) -> connection.publish(subject, BODY), false, false)),
				Named.of("subject, headers, body",
						new Publish((connection, subject) -> connection.publish(subject, mine(), BODY), true, false)),
				Named.of("subject, no headers, body",
						new Publish((connection, subject) -> connection.publish(subject, (Headers) null, BODY), false,
								false)),
				Named
					.of("subject, reply, body",
							new Publish((connection, subject) -> connection.publish(subject, REPLY_TO, BODY), false,
									true)),
				Named
					.of("subject, reply, headers, body",
							new Publish((connection, subject) -> connection.publish(subject, REPLY_TO, mine(), BODY),
									true, true)),
				Named.of("message",
						new Publish(
								(connection, subject) -> connection.publish(
										NatsMessage.builder().subject(subject).replyTo(REPLY_TO).data(BODY).build()),
								false, true)),
				Named.of("message with headers",
						new Publish(
								(connection, subject) -> connection
									.publish(NatsMessage.builder().subject(subject).headers(mine()).data(BODY).build()),
								true, false)));
	}

	@ParameterizedTest
	@MethodSource("overloads")
	void spanIsAChildOfTheCurrentOneAndTheMessageArrives(Publish publish) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			Span parent = nats.sdk().getTracer("test").spanBuilder("checkout").startSpan();
			try (Scope scope = parent.makeCurrent()) {
				publish.call.publish(nats.connection(), this.subject);
				assertThat(Span.current()).isSameAs(parent);
			}
			parent.end();
			SpanData span = nats.spans().await("publish " + this.subject);
			Map<String, Object> expected = NatsAttributes.expected(nats, "publish", "send");
			expected.put("messaging.destination.name", this.subject);
			assertThat(NatsAttributes.of(span)).isEqualTo(expected);
			assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(span.getParentSpanContext()).isEqualTo(parent.getSpanContext());
			assertThat(span.getLinks()).isEmpty();
			assertThat(span.getEvents()).isEmpty();
			assertThat(span.getStatus()).isEqualTo(StatusData.unset());

			Message received = receive(subscription);
			assertThat(received.getData()).isEqualTo(BODY);
			assertThat(received.getReplyTo()).isEqualTo(publish.replies ? REPLY_TO : null);
			assertThat(received.getHeaders().get("traceparent")).containsExactly(traceParent(span));
			assertThat(received.getHeaders().get("mine")).isEqualTo(publish.headers ? List.of("one", "two") : null);
			assertThat(received.getHeaders().size()).isEqualTo(publish.headers ? 2 : 1);
			assertThat(nats.spans().ended()).hasSize(2);
		}
	}

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void attributesAreComplete(SemanticConventions conventions) {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.conventions(conventions))
			.nats((builder) -> builder.captureHeaders(List.of("mine", "missing")))
			.start()) {
			nats.connection().publish(this.subject, mine().put("Nats-Msg-Id", "order-42").put("secret", "pin"), BODY);
			SpanData span = nats.spans().await("publish " + this.subject);
			Map<String, Object> expected = NatsAttributes.expected(nats, "publish", "send");
			expected.put("messaging.destination.name", this.subject);
			expected.put("messaging.message.id", "order-42");
			expected.put("messaging.header.mine", List.of("one", "two"));
			assertThat(NatsAttributes.of(span)).isEqualTo(NatsAttributes.renamed(conventions, expected));
			assertThat(span.getParentSpanContext().isValid()).isFalse();
			assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.tracing");
			assertThat(span.getInstrumentationScopeInfo().getSchemaUrl()).isEqualTo("https://opentelemetry.io/schemas/"
					+ ((conventions == SemanticConventions.V1_44) ? "1.44.0" : "1.45.0"));
		}
	}

	@Test
	void emptyAndMissingBodiesArrive() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			nats.connection().publish(this.subject, new byte[0]);
			nats.connection().publish(this.subject, null);
			assertThat(receive(subscription).getData()).isEmpty();
			assertThat(receive(subscription).getData()).isEmpty();
			nats.spans().await("publish " + this.subject, 2);
		}
	}

	@Test
	void templateNamesTheSpanOfSubjectsThatHaveAnIdInThem() {
		String prefix = NatsServer.newName("orders");
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.templates(List.of(prefix + ".*.created", prefix + ".>")))
			.start()) {
			nats.connection().publish(prefix + ".17.created", BODY);
			nats.connection().publish(prefix + ".18.created", BODY);
			nats.connection().publish(prefix + ".18.lines.3", BODY);
			List<SpanData> created = nats.spans().await("publish " + prefix + ".*.created", 2);
			Map<String, Object> expected = NatsAttributes.expected(nats, "publish", "send");
			expected.put("messaging.destination.name", prefix + ".17.created");
			expected.put("messaging.destination.template", prefix + ".*.created");
			assertThat(NatsAttributes.of(created.get(0))).isEqualTo(expected);
			expected.put("messaging.destination.name", prefix + ".18.created");
			assertThat(NatsAttributes.of(created.get(1))).isEqualTo(expected);
			assertThat(NatsAttributes.of(nats.spans().await("publish " + prefix + ".>")))
				.containsEntry("messaging.destination.name", prefix + ".18.lines.3")
				.containsEntry("messaging.destination.template", prefix + ".>");
		}
	}

	@Test
	void templateNamesTheSpanOfARequest() throws Exception {
		String prefix = NatsServer.newName("rates");
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.templates(List.of(prefix + ".*")))
			.start()) {
			nats.connection().request(prefix + ".EUR", BODY, PATIENCE);
			assertThat(NatsAttributes.of(nats.spans().await("request " + prefix + ".*")))
				.containsEntry("messaging.destination.name", prefix + ".EUR")
				.containsEntry("messaging.destination.template", prefix + ".*");
		}
	}

	@Test
	void subjectOfTheServerItselfHasNoSpan() {
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().publish("$JS.API.INFO", BODY);
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void publishThatFailsThrowsWhatItThrowsUntraced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			assertThatThrownBy(() -> nats.connection().publish(null, BODY)).isInstanceOf(IllegalArgumentException.class)
				.hasMessage(message(() -> nats.raw().publish(null, BODY)));
			assertThatThrownBy(() -> nats.connection().publish((Message) null))
				.hasSameClassAs(thrown(() -> nats.raw().publish((Message) null)));
			assertThat(nats.spans().ended()).isEmpty();
			nats.raw().close();
			assertThatThrownBy(() -> nats.connection().publish(this.subject, BODY))
				.isInstanceOf(IllegalStateException.class)
				.hasMessage(message(() -> nats.raw().publish(this.subject, BODY)));
			SpanData span = nats.spans().await("publish " + this.subject);
			assertThat(NatsAttributes.of(span)).containsEntry("error.type", "java.lang.IllegalStateException");
			assertThat(span.getStatus())
				.isEqualTo(StatusData.create(StatusCode.ERROR, message(() -> nats.raw().publish(this.subject, BODY))));
			assertThat(span.getEvents()).singleElement()
				.satisfies((event) -> assertThat(event.getName()).isEqualTo("exception"));
		}
	}

	private static Throwable thrown(Runnable code) {
		try {
			code.run();
		}
		catch (Throwable ex) {
			return ex;
		}
		throw new AssertionError("nothing was thrown");
	}

	private static @Nullable String message(Runnable code) {
		return thrown(code).getMessage();
	}

	private static Headers mine() {
		return new Headers().put("mine", "one", "two");
	}

	private static Message receive(Subscription subscription) throws InterruptedException {
		Message message = subscription.nextMessage(PATIENCE);
		assertThat(message).isNotNull();
		return message;
	}

	private static String traceParent(SpanData span) {
		return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getSpanContext().getTraceFlags().asHex();
	}

	/**
	 * A way to publish.
	 *
	 * @param call the call
	 * @param headers whether the user gives headers
	 * @param replies whether the user gives a subject for replies
	 */
	record Publish(Call call, boolean headers, boolean replies) {

	}

	/**
	 * A call.
	 */
	@FunctionalInterface
	interface Call {

		void publish(Connection connection, String subject);

	}

}
