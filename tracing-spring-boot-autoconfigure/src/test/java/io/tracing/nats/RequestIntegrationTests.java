// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsRequestCompletableFuture;
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
 * Asks in every way that a connection has, and follows the question to a handler on a
 * real server and the answer back: one trace, and the answer that an untraced connection
 * gets.
 */
@SuppressWarnings("try")
class RequestIntegrationTests {

	private static final byte[] QUESTION = "how much?".getBytes(StandardCharsets.UTF_8);

	private static final byte[] ANSWER = "that much".getBytes(StandardCharsets.UTF_8);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("request");

	static List<Named<Request>> overloads() {
		return List.of(
				named("request(subject, body, timeout)", false,
						(connection, subject) -> connection.request(subject, QUESTION, PATIENCE)),
				named("request(subject, body, null)", false,
						(connection, subject) -> connection.request(subject, QUESTION, null)),
				named("request(subject, headers, body, timeout)", true,
						(connection, subject) -> connection.request(subject, mine(), QUESTION, PATIENCE)),
				named("request(message, timeout)", false,
						(connection, subject) -> connection.request(message(subject, null), PATIENCE)),
				named("request(message with headers, timeout)", true,
						(connection, subject) -> connection.request(message(subject, mine()), PATIENCE)),
				named("request(subject, body)", false,
						(connection, subject) -> get(connection.request(subject, QUESTION))),
				named("request(subject, headers, body)", true,
						(connection, subject) -> get(connection.request(subject, mine(), QUESTION))),
				named("request(message)", false,
						(connection, subject) -> get(connection.request(message(subject, null)))),
				named("request(message with headers)", true,
						(connection, subject) -> get(connection.request(message(subject, mine())))),
				named("requestWithTimeout(subject, body, timeout)", false,
						(connection, subject) -> get(connection.requestWithTimeout(subject, QUESTION, PATIENCE))),
				named("requestWithTimeout(subject, body, null)", false,
						(connection, subject) -> get(connection.requestWithTimeout(subject, QUESTION, null))),
				named("requestWithTimeout(subject, headers, body, timeout)", true,
						(connection,
								subject) -> get(connection.requestWithTimeout(subject, mine(), QUESTION, PATIENCE))),
				named("requestWithTimeout(message, timeout)", false,
						(connection, subject) -> get(connection.requestWithTimeout(message(subject, null), PATIENCE))),
				named("requestWithTimeout(message with headers, timeout)", true, (connection,
						subject) -> get(connection.requestWithTimeout(message(subject, mine()), PATIENCE))));
	}

	@ParameterizedTest
	@MethodSource("overloads")
	void requestAndAnswerAreOneTrace(Request request) throws Exception {
		assertOneTrace(request, UnaryOperator.identity());
	}

	@ParameterizedTest
	@MethodSource("overloads")
	void requestsOfTheOldStyleAreOneTraceAsWell(Request request) throws Exception {
		assertOneTrace(request, Options.Builder::oldRequestStyle);
	}

	private void assertOneTrace(Request request, UnaryOperator<Options.Builder> options) throws Exception {
		try (TracedNats nats = TracedNats.builder().options(options).start()) {
			BlockingQueue<Message> questions = answer(nats);
			Span parent = nats.sdk().getTracer("test").spanBuilder("checkout").startSpan();
			try (Scope scope = parent.makeCurrent()) {
				Message reply = request.call.request(nats.connection(), this.subject);
				assertThat(reply.getData()).isEqualTo(ANSWER);
				assertThat(Span.current()).isSameAs(parent);
			}
			parent.end();
			SpanData asked = nats.spans().await("request " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			SpanData answered = nats.spans().await("publish _INBOX");
			assertThat(asked.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(asked.getStatus()).isEqualTo(StatusData.unset());
			assertThat(asked.getParentSpanContext()).isEqualTo(parent.getSpanContext());
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanId()).isEqualTo(asked.getSpanId());
			assertThat(answered.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(answered.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(nats.spans().ended()).hasSize(4)
				.extracting(SpanData::getTraceId)
				.containsOnly(parent.getSpanContext().getTraceId());

			Message question = questions.take();
			assertThat(question.getData()).isEqualTo(QUESTION);
			assertThat(question.getHeaders().get("mine")).isEqualTo(request.headers ? List.of("one", "two") : null);
			assertThat(question.getHeaders().get("traceparent")).singleElement().asString().contains(asked.getSpanId());
		}
	}

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void attributesAreComplete(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.conventions(conventions))
			.nats((builder) -> builder.captureHeaders(List.of("mine")))
			.start()) {
			answer(nats);
			nats.connection().request(this.subject, mine().put("Nats-Msg-Id", "question-42"), QUESTION, PATIENCE);
			SpanData span = nats.spans().await("request " + this.subject);
			Map<String, Object> expected = NatsAttributes.expected(nats, "request", "send");
			expected.put("messaging.destination.name", this.subject);
			expected.put("messaging.message.id", "question-42");
			expected.put("messaging.header.mine", List.of("one", "two"));
			assertThat(NatsAttributes.of(span)).isEqualTo(NatsAttributes.renamed(conventions, expected));
			assertThat(span.getParentSpanContext().isValid()).isFalse();
			assertThat(span.getLinks()).isEmpty();
			assertThat(span.getEvents()).isEmpty();
		}
	}

	@Test
	void futureIsTheOneOfJnats() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			answer(nats);
			CompletableFuture<Message> future = nats.connection().request(this.subject, QUESTION);
			assertThat(future).isInstanceOf(NatsRequestCompletableFuture.class);
			get(future);
		}
	}

	@Test
	void spanLastsUntilTheAnswerCame() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			BlockingQueue<Message> questions = new LinkedBlockingQueue<>();
			nats.raw().createDispatcher(questions::add).subscribe(this.subject);
			nats.flush();
			CompletableFuture<Message> future = nats.connection().request(this.subject, QUESTION);
			Message question = questions.take();
			assertThat(nats.spans().open()).isEqualTo(1);
			nats.raw().publish(question.getReplyTo(), ANSWER);
			assertThat(get(future).getData()).isEqualTo(ANSWER);
			nats.spans().await("request " + this.subject);
		}
	}

	@Test
	void requestOfManyThreadsEachHasItsOwnAnswer() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			answer(nats);
			List<CompletableFuture<Message>> futures = IntStream.range(0, 100)
				.parallel()
				.mapToObj((i) -> nats.connection().request(this.subject, QUESTION))
				.toList();
			for (CompletableFuture<Message> future : futures) {
				assertThat(get(future).getData()).isEqualTo(ANSWER);
			}
			List<SpanData> asked = nats.spans().await("request " + this.subject, 100);
			List<SpanData> processed = nats.spans().await("process " + this.subject, 100);
			assertThat(processed).extracting(SpanData::getParentSpanId)
				.containsExactlyInAnyOrderElementsOf(asked.stream().map(SpanData::getSpanId).toList());
		}
	}

	private BlockingQueue<Message> answer(TracedNats nats) {
		BlockingQueue<Message> questions = new LinkedBlockingQueue<>();
		nats.connection().createDispatcher((message) -> {
			questions.add(message);
			message.getConnection().publish(message.getReplyTo(), ANSWER);
		}).subscribe(this.subject);
		nats.flush();
		return questions;
	}

	private static Named<Request> named(String name, boolean headers, Call call) {
		return Named.of(name, new Request(call, headers));
	}

	private static Message get(CompletableFuture<Message> future) throws Exception {
		return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	private static Headers mine() {
		return new Headers().put("mine", "one", "two");
	}

	private static Message message(String subject, Headers headers) {
		return NatsMessage.builder().subject(subject).headers(headers).data(QUESTION).build();
	}

	/**
	 * A way to ask.
	 *
	 * @param call the call
	 * @param headers whether the user gives headers
	 */
	record Request(Call call, boolean headers) {

	}

	/**
	 * A call.
	 */
	@FunctionalInterface
	interface Call {

		Message request(Connection connection, String subject) throws Exception;

	}

}
