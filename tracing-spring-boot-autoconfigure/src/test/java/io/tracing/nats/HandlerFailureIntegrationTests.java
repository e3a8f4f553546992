// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler throws is on its span, and is reported to the {@code ErrorListener} as
 * it is without tracing: the same failure goes through the traced and the bare connection
 * to a real server.
 */
class HandlerFailureIntegrationTests {

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final String subject = NatsServer.newName("failure");

	private final BlockingQueue<Exception> reported = new LinkedBlockingQueue<>();

	static Stream<Throwable> failures() {
		return Stream.of(new IllegalStateException("injected"), new IllegalStateException(),
				new StackOverflowError("injected"), new NoClassDefFoundError("injected"),
				new AssertionError("injected"), new InterruptedException("injected"));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void failureIsOnTheSpanAndReportedAsEver(Throwable failure) throws Exception {
		try (TracedNats nats = builder().start()) {
			Exception expected = reportedBy(nats, nats.raw(), failure);
			assertThat(nats.spans().named("process " + this.subject)).isEmpty();
			Exception actual = reportedBy(nats, nats.connection(), failure);
			assertThat(actual).hasSameClassAs(expected).hasMessage(expected.getMessage());
			assertThat((actual != failure) ? actual.getCause() : actual).isSameAs(failure);

			SpanData process = nats.spans().await("process " + this.subject);
			String message = failure.getMessage();
			assertThat(process.getStatus())
				.isEqualTo(StatusData.create(StatusCode.ERROR, (message != null) ? message : ""));
			assertThat(process.getAttributes().get(ERROR_TYPE)).isEqualTo(failure.getClass().getName());
			assertThat(process.getEvents()).extracting(EventData::getName).containsExactly("exception");
		}
	}

	@Test
	void dispatcherGoesOnAfterAFailure() throws Exception {
		try (TracedNats nats = builder().start()) {
			nats.connection().createDispatcher((message) -> {
				if (new String(message.getData()).equals("bad")) {
					throw new IllegalStateException("injected");
				}
			}).subscribe(this.subject);
			for (String body : new String[] { "good", "bad", "good", "bad", "good" }) {
				nats.connection().publish(this.subject, body.getBytes());
			}
			assertThat(nats.spans().await("process " + this.subject, 5))
				.extracting((span) -> span.getStatus().getStatusCode())
				.containsExactly(StatusCode.UNSET, StatusCode.ERROR, StatusCode.UNSET, StatusCode.ERROR,
						StatusCode.UNSET);
			assertThat(nats.spans().ended()).as("only the handler has failed")
				.filteredOn((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR)
				.hasSize(2);
		}
	}

	@Test
	void consumerHandlerFails() throws Exception {
		try (TracedNats nats = builder().start()) {
			nats.createStream(this.subject);
			nats.connection().jetStream().publish(this.subject + ".created", null);
			nats.connection()
				.jetStream()
				.subscribe(this.subject + ".created", nats.connection().createDispatcher(),
						HandlerFailureIntegrationTests::fail, true);
			SpanData process = nats.spans().await("process " + this.subject + ".created");
			assertThat(process.getAttributes().get(ERROR_TYPE))
				.isEqualTo(UnsupportedOperationException.class.getName());
			assertThat(this.reported.poll(10, TimeUnit.SECONDS)).isInstanceOf(UnsupportedOperationException.class)
				.hasMessage("injected");
		}
	}

	private static void fail(Message message) {
		throw new UnsupportedOperationException("injected");
	}

	private TracedNats.Builder builder() {
		return TracedNats.builder().options((options) -> options.errorListener(new ErrorListener() {

			@Override
			public void exceptionOccurred(Connection connection, Exception exception) {
				HandlerFailureIntegrationTests.this.reported.add(exception);
			}

		}));
	}

	private Exception reportedBy(TracedNats nats, Connection connection, Throwable failure) throws Exception {
		MessageHandler handler = (message) -> HandlerFailureIntegrationTests.<RuntimeException>sneak(failure);
		var dispatcher = connection.createDispatcher(handler);
		dispatcher.subscribe(this.subject);
		connection.flush(Duration.ofSeconds(10));
		nats.raw().publish(this.subject, null);
		Exception exception = this.reported.poll(10, TimeUnit.SECONDS);
		connection.closeDispatcher(dispatcher);
		return exception;
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable failure) throws T {
		throw (T) failure;
	}

}
