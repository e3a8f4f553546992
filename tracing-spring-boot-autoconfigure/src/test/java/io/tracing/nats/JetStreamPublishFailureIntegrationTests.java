// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Publishes that a stream of a real server does not take: the caller gets what it gets
 * untraced, and the span the exception that jnats wraps.
 */
class JetStreamPublishFailureIntegrationTests {

	private static final byte[] BODY = new byte[] { 1 };

	private static final Duration SHORT = Duration.ofMillis(150);

	private static final String API_EXCEPTION = "io.nats.client.JetStreamApiException";

	private static final String IO_EXCEPTION = "java.io.IOException";

	private final String stream = NatsServer.newName("failed");

	private final String subject = this.stream + ".created";

	@Test
	void subjectThatNoStreamStoresFailsAtOnce() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Throwable untraced = thrown(() -> nats.raw().jetStream().publish(this.subject, BODY));
			assertThatThrownBy(() -> nats.connection().jetStream().publish(this.subject, BODY))
				.isInstanceOf(IOException.class)
				.hasMessage(untraced.getMessage());
			SpanData span = failed(nats, IO_EXCEPTION);
			assertThat(span.getStatus().getDescription()).isEqualTo(untraced.getMessage()).contains("503");
		}
	}

	@Test
	void futureOnASubjectThatNoStreamStoresFails() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			CompletableFuture<PublishAck> future = nats.connection().jetStream().publishAsync(this.subject, BODY);
			assertThatThrownBy(() -> get(future)).isInstanceOf(ExecutionException.class)
				.cause()
				.isExactlyInstanceOf(RuntimeException.class)
				.hasCauseInstanceOf(IOException.class);
			SpanData span = failed(nats, IO_EXCEPTION);
			assertThat(NatsAttributes.of(span.getEvents().get(0).getAttributes())).containsEntry("exception.type",
					IO_EXCEPTION);
		}
	}

	@Test
	void wrongExpectationFails() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			PublishOptions options = PublishOptions.builder().expectedLastSequence(41).build();
			JetStream jetStream = nats.connection().jetStream();
			assertThatThrownBy(() -> jetStream.publish(this.subject, BODY, options)).isInstanceOfSatisfying(
					JetStreamApiException.class, (ex) -> assertThat(ex.getApiErrorCode()).isEqualTo(10071));
			failed(nats, API_EXCEPTION);
		}
	}

	@Test
	void wrongExpectationFailsTheFuture() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.stream);
			PublishOptions options = PublishOptions.builder().expectedStream("another").build();
			CompletableFuture<PublishAck> future = nats.connection()
				.jetStream()
				.publishAsync(this.subject, BODY, options);
			assertThatThrownBy(() -> get(future)).isInstanceOf(ExecutionException.class)
				.cause()
				.hasCauseInstanceOf(JetStreamApiException.class);
			failed(nats, API_EXCEPTION);
		}
	}

	@Test
	void publishThatIsNotAcknowledgedTimesOut() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.raw().subscribe(this.subject);
			JetStream jetStream = nats.connection().jetStream(JetStreamOptions.builder().requestTimeout(SHORT).build());
			assertThatThrownBy(() -> jetStream.publish(this.subject, BODY)).isInstanceOf(IOException.class);
			SpanData span = failed(nats, IO_EXCEPTION);
			assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isGreaterThanOrEqualTo(SHORT.toNanos());
		}
	}

	@Test
	void failureOfAdvancedRequestsIsThatOfTheUntracedCall() throws Exception {
		try (TracedNats nats = TracedNats.builder().options(Options.Builder::advancedRequestBehavior).start()) {
			Throwable untraced = thrown(() -> nats.raw().jetStream().publish(this.subject, BODY));
			assertThatThrownBy(() -> nats.connection().jetStream().publish(this.subject, BODY)).hasSameClassAs(untraced)
				.hasMessage(untraced.getMessage());
			failed(nats, untraced.getClass().getName());
		}
	}

	@Test
	void futureThatTheApplicationCancelsEndsTheSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.raw().subscribe(this.subject);
			CompletableFuture<PublishAck> future = nats.connection().jetStream().publishAsync(this.subject, BODY);
			assertThat(future.cancel(true)).isTrue();
			failed(nats, CancellationException.class.getName());
		}
	}

	@Test
	void futureThatIsNotAcknowledgedEndsWithItsConnection() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.raw().subscribe(this.subject);
			CompletableFuture<PublishAck> future = nats.connection().jetStream().publishAsync(this.subject, BODY);
			nats.connection().close();
			assertThatThrownBy(() -> get(future)).isInstanceOf(Exception.class);
			failed(nats, CancellationException.class.getName());
		}
	}

	@Test
	void publishOnAClosedConnectionThrowsWhatItThrowsUntraced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			JetStream jetStream = nats.connection().jetStream();
			JetStream raw = nats.raw().jetStream();
			nats.raw().close();
			Throwable untraced = thrown(() -> raw.publish(this.subject, BODY));
			assertThatThrownBy(() -> jetStream.publish(this.subject, BODY)).hasSameClassAs(untraced)
				.hasMessage(untraced.getMessage());
			assertThatThrownBy(() -> jetStream.publishAsync(this.subject, BODY)).hasSameClassAs(untraced);
			assertThat(nats.spans().await("publish " + this.subject, 2))
				.allSatisfy((span) -> assertThat(NatsAttributes.of(span)).containsEntry("error.type",
						untraced.getClass().getName()));
		}
	}

	private SpanData failed(TracedNats nats, String errorType) {
		SpanData span = nats.spans().await("publish " + this.subject);
		assertThat(NatsAttributes.of(span)).containsEntry("error.type", errorType)
			.doesNotContainKeys("messaging.nats.stream", "messaging.nats.stream.sequence");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getEvents()).singleElement()
			.satisfies((event) -> assertThat(event.getName()).isEqualTo("exception"));
		return span;
	}

	private static PublishAck get(CompletableFuture<PublishAck> future) throws Exception {
		return future.get(10, TimeUnit.SECONDS);
	}

	private static Throwable thrown(Callable<?> code) {
		try {
			code.call();
		}
		catch (Throwable ex) {
			return ex;
		}
		throw new AssertionError("nothing was thrown");
	}

}
