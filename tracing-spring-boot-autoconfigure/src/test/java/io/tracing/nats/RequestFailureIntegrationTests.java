// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.nats.client.Connection;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.RequestFailureMessage;
import io.nats.client.RequestFailureReason;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Requests that get no answer, or a bad one, on a real server: the span says why, and the
 * caller sees what an untraced connection shows.
 */
class RequestFailureIntegrationTests {

	private static final byte[] BODY = new byte[] { 1 };

	private static final Duration SHORT = Duration.ofMillis(150);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("failure");

	@Test
	void requestThatTimesOutIsSentOnce() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			AtomicInteger asked = keepSilent(nats);
			assertThat(nats.connection().request(this.subject, BODY, SHORT)).isNull();
			SpanData span = failed(nats, "timeout");
			assertThat(millis(span)).isBetween(SHORT.toMillis(), PATIENCE.toMillis());
			nats.flush();
			Awaitility.await().during(SHORT).atMost(PATIENCE).until(() -> asked.get() == 1);
			assertThat(nats.spans().named("process " + this.subject)).hasSize(1);
		}
	}

	@Test
	void requestWithoutATimeoutTimesOutAsSoonAsJnatsDropsIt() throws Exception {
		try (TracedNats nats = start((options) -> options.connectionTimeout(PATIENCE))) {
			keepSilent(nats);
			assertThat(nats.connection().request(this.subject, BODY, null)).isNull();
			assertThat(millis(failed(nats, "timeout"))).isLessThan(PATIENCE.toMillis());
		}
	}

	@Test
	void futureThatTimesOutIsCancelledByJnats() {
		try (TracedNats nats = start(UnaryOperator.identity())) {
			AtomicInteger asked = keepSilent(nats);
			CompletableFuture<Message> future = nats.connection().requestWithTimeout(this.subject, BODY, SHORT);
			assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
			assertThat(millis(failed(nats, "timeout"))).isBetween(SHORT.toMillis(), PATIENCE.toMillis());
			assertThat(asked).hasValue(1);
		}
	}

	@Test
	void futureWithoutATimeoutOfItsOwnTimesOutToo() {
		try (TracedNats nats = start(UnaryOperator.identity())) {
			keepSilent(nats);
			assertThatThrownBy(() -> get(nats.connection().requestWithTimeout(this.subject, BODY, null)))
				.isInstanceOf(CancellationException.class);
			failed(nats, "timeout");
		}
	}

	@Test
	void futureThatTimesOutWithAnExceptionIsSeenAsTimeout() {
		try (TracedNats nats = start(Options.Builder::useTimeoutException)) {
			keepSilent(nats);
			assertThatThrownBy(() -> get(nats.connection().requestWithTimeout(this.subject, BODY, SHORT)))
				.isInstanceOf(ExecutionException.class)
				.hasCauseInstanceOf(TimeoutException.class);
			failed(nats, "timeout");
		}
	}

	@Test
	void requestThatNobodyListensToFailsAtOnce() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			assertThat(nats.connection().request(this.subject, BODY, PATIENCE)).isNull();
			assertThat(millis(failed(nats, "no_responders"))).isLessThan(PATIENCE.toMillis());
		}
	}

	@Test
	void requestWithoutATimeoutThatNobodyListensToFailsAtOnce() throws Exception {
		try (TracedNats nats = TracedNats.builder().options((options) -> options.connectionTimeout(PATIENCE)).start()) {
			assertThat(nats.connection().request(this.subject, BODY, null)).isNull();
			failed(nats, "no_responders");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void futureThatNobodyListensToIsCancelledByJnats(boolean oldStyle) {
		try (TracedNats nats = start((options) -> oldStyle ? options.oldRequestStyle() : options)) {
			CompletableFuture<Message> future = nats.connection().request(this.subject, BODY);
			assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
			failed(nats, "no_responders");
		}
	}

	@Test
	void reportedLackOfRespondersIsSeenAsSuch() throws Exception {
		try (TracedNats nats = TracedNats.builder().options(Options.Builder::reportNoResponders).start()) {
			assertThatThrownBy(() -> get(nats.connection().request(this.subject, BODY)))
				.isInstanceOf(ExecutionException.class)
				.hasCauseInstanceOf(JetStreamStatusException.class);
			failed(nats, "no_responders");
			assertThat(nats.connection().request(this.subject, BODY, PATIENCE)).isNull();
			assertThat(nats.spans().await("request " + this.subject, 2))
				.allSatisfy((span) -> assertThat(NatsAttributes.of(span)).containsEntry("error.type", "no_responders"));
		}
	}

	@Test
	void failureMessageOfAdvancedRequestsIsReturnedAsItIs() throws Exception {
		try (TracedNats nats = TracedNats.builder().options(Options.Builder::advancedRequestBehavior).start()) {
			Message reply = nats.connection().request(this.subject, BODY, PATIENCE);
			assertThat(reply).isExactlyInstanceOf(RequestFailureMessage.class);
			assertThat(((RequestFailureMessage) reply).getReason()).isEqualTo(RequestFailureReason.NO_RESPONDERS);
			failed(nats, "no_responders");
		}
	}

	@Test
	void timeoutOfAdvancedRequestsIsSeenAsSuch() throws Exception {
		try (TracedNats nats = TracedNats.builder().options(Options.Builder::advancedRequestBehavior).start()) {
			keepSilent(nats);
			Message reply = nats.connection().request(this.subject, BODY, SHORT);
			assertThat(reply).isExactlyInstanceOf(RequestFailureMessage.class);
			failed(nats, "timeout");
		}
	}

	@Test
	void jnatsNoticesThatTheApplicationCancelsAFuture() {
		try (TracedNats nats = start(UnaryOperator.identity())) {
			keepSilent(nats);
			long before = nats.raw().getStatistics().getOutstandingRequests();
			CompletableFuture<Message> future = nats.connection().requestWithTimeout(this.subject, BODY, PATIENCE);
			assertThat(nats.raw().getStatistics().getOutstandingRequests()).isEqualTo(before + 1);
			assertThat(future.cancel(true)).isTrue();
			failed(nats, "cancelled");
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> nats.raw().getStatistics().getOutstandingRequests() == before);
		}
	}

	@Test
	void handlerThatCancelsAFutureIsTheApplication() {
		try (TracedNats nats = start(UnaryOperator.identity())) {
			keepSilent(nats);
			CompletableFuture<Message> future = nats.connection().requestWithTimeout(this.subject, BODY, PATIENCE);
			nats.raw().createDispatcher((message) -> future.cancel(true)).subscribe(this.subject + ".stop");
			nats.raw().publish(this.subject + ".stop", BODY);
			failed(nats, "cancelled");
		}
	}

	@Test
	void futureIsNotTakenForCancelledHoweverSoonTheServerAnswers() {
		try (TracedNats nats = TracedNats.start()) {
			for (int i = 0; i < 200; i++) {
				CompletableFuture<Message> future = nats.connection().request(this.subject, BODY);
				assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
			}
			assertThat(nats.spans().await("request " + this.subject, 200))
				.allSatisfy((span) -> assertThat(NatsAttributes.of(span)).containsEntry("error.type", "no_responders"));
		}
	}

	@Test
	void futureThatTheApplicationCompletesIsASuccess() {
		try (TracedNats nats = start(UnaryOperator.identity())) {
			keepSilent(nats);
			nats.connection().request(this.subject, BODY).complete(null);
			assertThat(nats.spans().await("request " + this.subject).getStatus().getStatusCode())
				.isEqualTo(StatusCode.UNSET);
		}
	}

	@Test
	void futureWhoseConnectionIsClosedSaysSo() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			keepSilent(nats);
			CompletableFuture<Message> future = nats.connection().request(this.subject, BODY);
			nats.connection().close();
			assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
			failed(nats, "connection_closing");
		}
	}

	@Test
	void requestWhoseConnectionIsClosedSaysSo() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Connection responder = nats.connect();
			responder.createDispatcher((message) -> nats.raw().close()).subscribe(this.subject);
			responder.flush(PATIENCE);
			assertThat(nats.connection().request(this.subject, BODY, PATIENCE)).isNull();
			failed(nats, "connection_closing");
		}
	}

	@Test
	void requestOnAClosedConnectionThrowsWhatItThrowsUntraced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.raw().close();
			assertThatThrownBy(() -> nats.connection().request(this.subject, BODY, SHORT))
				.isInstanceOf(IllegalStateException.class);
			assertThatThrownBy(() -> nats.connection().request(this.subject, BODY))
				.isInstanceOf(IllegalStateException.class);
			assertThat(nats.spans().await("request " + this.subject, 2))
				.allSatisfy((span) -> assertThat(NatsAttributes.of(span)).containsEntry("error.type",
						"java.lang.IllegalStateException"));
		}
	}

	@Test
	void interruptedRequestIsAnError() {
		try (TracedNats nats = TracedNats.start()) {
			keepSilent(nats);
			Thread.currentThread().interrupt();
			assertThatThrownBy(() -> nats.connection().request(this.subject, BODY, PATIENCE))
				.isInstanceOf(InterruptedException.class);
			failed(nats, "java.lang.InterruptedException");
		}
	}

	@Test
	void errorOfAServiceIsAnErrorOfTheRequest() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Headers error = new Headers().put("Nats-Service-Error-Code", "400")
				.put("Nats-Service-Error", "no such currency");
			nats.connection()
				.createDispatcher(
						(message) -> message.getConnection().publish(message.getReplyTo(), error, message.getData()))
				.subscribe(this.subject);
			nats.flush();
			Message reply = nats.connection().request(this.subject, BODY, PATIENCE);
			assertThat(reply.getData()).isEqualTo(BODY);
			assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("400");
			assertThat(failed(nats, "400").getStatus().getDescription()).isEqualTo("no such currency");
			assertThat(get(nats.connection().request(this.subject, BODY)).getData()).isEqualTo(BODY);
			assertThat(nats.spans().await("request " + this.subject, 2))
				.allSatisfy((span) -> assertThat(NatsAttributes.of(span)).containsEntry("error.type", "400"));
		}
	}

	/**
	 * A connection that looks for requests that timed out every now and then.
	 */
	private static TracedNats start(UnaryOperator<Options.Builder> options) {
		return TracedNats.builder()
			.options((builder) -> options.apply(builder.requestCleanupInterval(Duration.ofMillis(50))))
			.start();
	}

	private AtomicInteger keepSilent(TracedNats nats) {
		AtomicInteger asked = new AtomicInteger();
		nats.connection().createDispatcher((message) -> asked.incrementAndGet()).subscribe(this.subject);
		nats.flush();
		return asked;
	}

	private SpanData failed(TracedNats nats, String errorType) {
		SpanData span = nats.spans().await("request " + this.subject);
		assertThat(NatsAttributes.of(span)).containsEntry("error.type", errorType);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getStatus().getDescription()).doesNotContain("_INBOX.");
		return span;
	}

	private static Message get(CompletableFuture<Message> future) throws Exception {
		return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	private static long millis(SpanData span) {
		return TimeUnit.NANOSECONDS.toMillis(span.getEndEpochNanos() - span.getStartEpochNanos());
	}

}
