// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import io.tracing.testing.Warnings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 4 on a real server: headers and messages of the user stay as they were, may
 * be read-only and shared by threads, and carry the context of none but their own send.
 */
@SuppressWarnings("try")
class UserHeadersIntegrationTests {

	private static final byte[] BODY = new byte[] { 1 };

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("headers");

	@Test
	void headersAreLeftAsTheyWere() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.subject);
			Connection connection = nats.connection();
			JetStream jetStream = connection.jetStream();
			Headers headers = new Headers().put("mine", "one").put("Traceparent", "stale");
			Map<String, List<String>> before = copy(headers);
			String stored = this.subject + ".created";
			Message message = NatsMessage.builder().subject(stored).headers(headers).data(BODY).build();
			connection.publish(stored, headers, BODY);
			connection.publish(stored, "answers", headers, BODY);
			connection.publish(message);
			connection.request(stored, headers, BODY, PATIENCE);
			connection.request(stored, headers, BODY).get();
			connection.requestWithTimeout(message, PATIENCE).get();
			jetStream.publish(stored, headers, BODY);
			jetStream.publishAsync(message).get();
			assertThat(copy(headers)).isEqualTo(before);
			assertThat(copy(message.getHeaders())).isEqualTo(before);
			assertThat(message.getData()).isSameAs(BODY);
			assertThat(BODY).containsExactly(1);
			headers.put("still", "open");
			assertThat(headers.size()).isEqualTo(3);
		}
	}

	@Test
	void sameHeadersCanBeSentTwice() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			Headers headers = new Headers().put("mine", "one");
			nats.connection().publish(this.subject, headers, BODY);
			nats.connection().publish(this.subject, headers, BODY);
			List<SpanData> spans = nats.spans().await("publish " + this.subject, 2);
			for (SpanData span : spans) {
				Headers received = subscription.nextMessage(PATIENCE).getHeaders();
				assertThat(received.get("traceparent")).singleElement().asString().contains(span.getSpanId());
				assertThat(received.get("mine")).containsExactly("one");
				assertThat(span.getLinks()).isEmpty();
			}
			assertThat(spans.get(0).getTraceId()).isNotEqualTo(spans.get(1).getTraceId());
		}
	}

	@Test
	void readOnlyHeadersAreSent() throws Exception {
		try (Warnings warnings = new Warnings(); TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			Headers headers = new Headers(new Headers().put("mine", "one"), true);
			nats.connection().publish(this.subject, headers, BODY);
			Headers received = subscription.nextMessage(PATIENCE).getHeaders();
			assertThat(received.get("traceparent")).singleElement()
				.asString()
				.contains(nats.spans().await("publish " + this.subject).getSpanId());
			assertThat(received.get("mine")).containsExactly("one");
			assertThat(headers.isReadOnly()).isTrue();
			assertThat(copy(headers)).containsOnlyKeys("mine");
			assertThat(warnings.messages()).isEmpty();
		}
	}

	@Test
	void headersSharedByThreadsCarryTheContextOfTheirOwnSend() throws Exception {
		int threads = 4;
		int each = 1000;
		Map<String, String> received = new ConcurrentHashMap<>();
		CountDownLatch arrived = new CountDownLatch(threads * each);
		try (TracedNats nats = TracedNats.start()) {
			Connection consumer = nats.connect();
			consumer.createDispatcher((message) -> {
				received.put(new String(message.getData()), message.getHeaders().getFirst("traceparent"));
				arrived.countDown();
			}).subscribe(this.subject).setPendingLimits(-1, -1);
			consumer.flush(PATIENCE);
			Tracer tracer = nats.sdk().getTracer("test");
			Headers shared = new Headers().put("mine", "one", "two");
			List<Thread> started = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				Thread thread = new Thread(() -> {
					for (int sent = 0; sent < each; sent++) {
						Span work = tracer.spanBuilder("work").startSpan();
						try (Scope scope = work.makeCurrent()) {
							nats.connection()
								.publish(this.subject, shared, work.getSpanContext().getTraceId().getBytes());
						}
						work.end();
					}
				});
				thread.start();
				started.add(thread);
			}
			for (Thread thread : started) {
				thread.join();
			}
			assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(received).hasSize(threads * each)
				.allSatisfy((traceId, traceParent) -> assertThat(traceParent).contains(traceId));
			assertThat(copy(shared)).isEqualTo(Map.of("mine", List.of("one", "two")));
			assertThat(nats.spans().named("publish " + this.subject)).hasSize(threads * each)
				.extracting(SpanData::getSpanId)
				.containsExactlyInAnyOrderElementsOf(
						received.values().stream().map((traceParent) -> traceParent.substring(36, 52)).toList());
		}
	}

	@Test
	void receivedMessageCanBePublishedAgain() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription first = nats.connection().subscribe(this.subject);
			Subscription second = nats.raw().subscribe(this.subject + ".again");
			nats.connection().publish(this.subject, new Headers().put("mine", "one"), BODY);
			Message message = first.nextMessage(PATIENCE);
			nats.connection().publish(this.subject + ".again", message.getHeaders(), message.getData());
			Headers again = second.nextMessage(PATIENCE).getHeaders();
			SpanData original = nats.spans().await("publish " + this.subject);
			SpanData forwarded = nats.spans().await("publish " + this.subject + ".again");
			assertThat(message.getHeaders().get("traceparent")).singleElement()
				.asString()
				.contains(original.getSpanId());
			assertThat(again.get("traceparent")).singleElement().asString().contains(forwarded.getSpanId());
			assertThat(again.get("mine")).containsExactly("one");
			assertThat(forwarded.getParentSpanId()).isEqualTo(original.getSpanId());
		}
	}

	private static Map<String, List<String>> copy(Headers headers) {
		return new HashMap<>(headers.toMap());
	}

}
