// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TraceParentVector.Expected;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.tracing.testing.TraceParentVector.SPAN_ID;
import static io.tracing.testing.TraceParentVector.TRACE_ID;
import static io.tracing.testing.TraceParentVector.VALID;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The context in a field of the body as well, through a real server: header first, field
 * where there is none, and every body that can't take the field as it was.
 */
class DualWriteIntegrationTests {

	private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("dual");

	private final ObjectMapper jackson = new ObjectMapper();

	@Test
	void headerAndFieldCarryTheSame() throws Exception {
		try (TracedNats nats = start()) {
			Message message = publish(nats, "{\"id\":42, \"total\" : 1.50}");
			String traceParent = traceParent(nats.spans().await("publish " + this.subject));
			assertThat(message.getHeaders().get("traceparent")).containsExactly(traceParent);
			assertThat(text(message)).isEqualTo("{\"trace_parent\":\"%s\",\"id\":42, \"total\" : 1.50}", traceParent);
		}
	}

	@Test
	void fieldOfAForwardedBodyIsReplaced() throws Exception {
		try (TracedNats nats = start()) {
			Message message = publish(nats, "{\"id\":42,\"trace_parent\":\"%s\",\"a\":{}}".formatted(VALID));
			assertThat(text(message)).isEqualTo("{\"id\":42,\"trace_parent\":\"%s\",\"a\":{}}",
					traceParent(nats.spans().await("publish " + this.subject)));
		}
	}

	@Test
	void bodyOfTheUserIsNotTouched() throws Exception {
		try (TracedNats nats = start()) {
			byte[] body = "{\"id\":42}".getBytes(StandardCharsets.UTF_8);
			nats.connection().publish(this.subject, body);
			assertThat(body).asString(StandardCharsets.UTF_8).isEqualTo("{\"id\":42}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "an order", "[{\"id\":42}]", "\"text\"", "42", "null", "{\"id\":42", "{\"id\":42}}",
			"{\"trace_parent\":17}", "{\"trace_parent\":null}", "{\"trace_parent\":\"a\",\"trace_parent\":\"b\"}",
			"{\"trace\\u005fparent\":\"a\"}", "{\"id\":\"\\x\"}", "{id:42}" })
	void bodyThatCanNotTakeTheFieldGoesOutAsItWas(String body) throws Exception {
		try (TracedNats nats = start()) {
			Message message = publish(nats, body);
			assertThat(text(message)).isEqualTo(body);
			assertThat(message.getHeaders().get("traceparent"))
				.containsExactly(traceParent(nats.spans().await("publish " + this.subject)));
		}
	}

	@Test
	void bodyOnASubjectThatIsNotNamedGoesOutAsItWas() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.dualWrite((name) -> !name.equals(this.subject), "trace_parent"))
			.start()) {
			assertThat(text(publish(nats, "{\"id\":42}"))).isEqualTo("{\"id\":42}");
		}
	}

	@Test
	void nameOfTheFieldIsTheUsersChoice() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.dualWrite((name) -> true, "meta.trace-parent"))
			.start()) {
			String body = text(publish(nats, "{\"trace_parent\":1}"));
			assertThat(body).isEqualTo("{\"meta.trace-parent\":\"%s\",\"trace_parent\":1}",
					traceParent(nats.spans().await("publish " + this.subject)));
		}
	}

	@Test
	void requestsAndJetStreamWriteItToo() throws Exception {
		try (TracedNats nats = start()) {
			nats.createStream(this.subject);
			String stored = this.subject + ".created";
			byte[] body = "{\"id\":42}".getBytes(StandardCharsets.UTF_8);
			nats.connection().jetStream().publish(stored, body);
			nats.connection().jetStream().publishAsync(stored, body).get();
			nats.connection().request(stored, body, PATIENCE);
			SpanData request = nats.spans().await("request " + stored);
			for (SpanData publish : nats.spans().await("publish " + stored, 2)) {
				long sequence = (long) NatsAttributes.of(publish).get("messaging.nats.stream.sequence");
				assertThat(field(nats.raw().jetStreamManagement().getMessage(this.subject, sequence).getData()))
					.isEqualTo(traceParent(publish));
			}
			assertThat(field(nats.raw().jetStreamManagement().getMessage(this.subject, 3).getData()))
				.isEqualTo(traceParent(request));
		}
	}

	@Test
	void hugeBodyHasTheFieldOnceAsLongAsItFits() throws Exception {
		try (TracedNats nats = start()) {
			int max = (int) nats.raw().getMaxPayload();
			String fits = "{\"id\":\"" + "x".repeat(max - 300) + "\"}";
			assertThat(field(publish(nats, fits).getData()))
				.isEqualTo(traceParent(nats.spans().await("publish " + this.subject)));
			// The header takes 81 bytes, the field 73 more.
			String tight = "{\"id\":\"" + "x".repeat(max - 109) + "\"}";
			Message message = publish(nats, tight);
			assertThat(text(message)).isEqualTo(tight);
			assertThat(message.getHeaders().get("traceparent"))
				.containsExactly(traceParent(nats.spans().await("publish " + this.subject, 2).get(1)));
		}
	}

	@Test
	void connectionWithoutHeadersWritesTheField() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.options((options) -> options.noHeaders().noNoResponders())
			.nats((builder) -> builder.dualWrite((name) -> true, "trace_parent"))
			.start()) {
			Connection consumer = nats.connect();
			Subscription subscription = consumer.subscribe(this.subject);
			consumer.flush(PATIENCE);
			nats.connection().publish(this.subject, "{}".getBytes(StandardCharsets.UTF_8));
			Message message = subscription.nextMessage(PATIENCE);
			assertThat(message.getHeaders()).isNull();
			assertThat(field(message.getData())).isEqualTo(traceParent(nats.spans().await("publish " + this.subject)));
		}
	}

	@Test
	void withoutPropagationNothingIsWritten() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.dualWrite((name) -> true, "trace_parent").propagation(false))
			.start()) {
			assertThat(text(publish(nats, "{}"))).isEqualTo("{}");
		}
	}

	@Test
	void headerIsReadFirst() throws Exception {
		try (TracedNats nats = start()) {
			Received received = process(nats, new Headers().put("traceparent", VALID), body(OTHER));
			assertContinues(nats, received, VALID);
		}
	}

	@Test
	void fieldIsReadWhereThereIsNoHeader() throws Exception {
		try (TracedNats nats = start()) {
			assertContinues(nats, process(nats, null, body(OTHER)), OTHER);
			assertContinues(nats, process(nats, new Headers().put("mine", "one"), body(VALID)), VALID);
		}
	}

	@Test
	void fieldOnASubjectThatIsNotNamedIsNotRead() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.dualWrite((name) -> !name.equals(this.subject), "trace_parent"))
			.start()) {
			assertStartsAnew(nats, process(nats, null, body(VALID)));
		}
	}

	@Test
	void fieldOfAStrangerIsOnlyLinkedTo() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.dualWrite((name) -> true, "trace_parent").untrusted((name) -> true))
			.start()) {
			SpanData process = span(nats, process(nats, null, body(VALID)));
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(process.getTraceId()).isNotEqualTo(TRACE_ID);
			assertThat(process.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(SPAN_ID));
		}
	}

	@Test
	void hostileFieldsStartANewTraceAndTheMessageIsProcessed() throws Exception {
		try (TracedNats nats = start()) {
			Handler handler = new Handler();
			nats.connection().createDispatcher(handler::handle).subscribe(this.subject);
			nats.flush();
			for (TraceParentVector vector : TraceParentVector.all()) {
				String json = this.jackson
					.writeValueAsString(this.jackson.createObjectNode().put("trace_parent", vector.traceparent()));
				Received received = handler.send(nats, this.subject, null, json);
				boolean accepted = vector.expected() == Expected.ACCEPT
						|| (vector.expected() == Expected.EITHER && received.span.getTraceId().equals(TRACE_ID));
				if (accepted) {
					assertContinues(nats, received, vector.traceparent().trim());
				}
				else {
					assertStartsAnew(nats, received);
				}
			}
			for (String body : new String[] { "{\"trace_parent\":42}", "{\"trace_parent\":{}}", "{\"trace_parent\"",
					"{\"trace_parent\":\"\\u0030%s\"}".formatted(VALID.substring(1)), "[\"trace_parent\"]", "",
					"{\"trace_parent\":\"%1$s\",\"trace_parent\":\"%1$s\"}".formatted(VALID),
					"{\"a\":" + "[".repeat(100_000), "{\"trace_parent\":\"" + "0".repeat(500_000) + "\"}" }) {
				assertStartsAnew(nats, handler.send(nats, this.subject, null, body));
			}
			assertThat(nats.tracing().messaging().faults().count()).isZero();
		}
	}

	private Received process(TracedNats nats, Headers headers, String body) throws Exception {
		Handler handler = new Handler();
		Dispatcher dispatcher = nats.connection().createDispatcher(handler::handle);
		dispatcher.subscribe(this.subject);
		nats.flush();
		Received received = handler.send(nats, this.subject, headers, body);
		nats.connection().closeDispatcher(dispatcher);
		return received;
	}

	private void assertContinues(TracedNats nats, Received received, String traceParent) {
		assertThat(received.span.getTraceId()).isEqualTo(traceParent.substring(3, 35));
		if (received.span.isSampled()) {
			SpanData process = span(nats, received);
			assertThat(process.getParentSpanId()).isEqualTo(traceParent.substring(36, 52));
			assertThat(process.getLinks()).extracting(LinkData::getSpanContext)
				.extracting(SpanContext::getSpanId)
				.containsExactly(traceParent.substring(36, 52));
		}
	}

	private void assertStartsAnew(TracedNats nats, Received received) {
		SpanData process = span(nats, received);
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertThat(process.getLinks()).isEmpty();
		assertThat(process.getTraceId()).isNotEqualTo(TRACE_ID);
	}

	private static SpanData span(TracedNats nats, Received received) {
		return nats.spans().awaitSpan(received.span.getSpanId());
	}

	private static TracedNats start() {
		return TracedNats.builder().nats((builder) -> builder.dualWrite((name) -> true, "trace_parent")).start();
	}

	private Message publish(TracedNats nats, String body) throws Exception {
		Subscription subscription = nats.raw().subscribe(this.subject);
		nats.connection().publish(this.subject, body.getBytes(StandardCharsets.UTF_8));
		Message message = subscription.nextMessage(PATIENCE);
		subscription.unsubscribe();
		return message;
	}

	private String field(byte[] body) throws Exception {
		return this.jackson.readTree(body).get("trace_parent").textValue();
	}

	private static String body(String traceParent) {
		return "{\"id\":42,\"trace_parent\":\"%s\"}".formatted(traceParent);
	}

	private static String text(Message message) {
		return new String(message.getData(), StandardCharsets.UTF_8);
	}

	private static String traceParent(SpanData span) {
		return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getSpanContext().getTraceFlags().asHex();
	}

	private record Received(byte[] body, SpanContext span) {

	}

	/**
	 * Notes what it is given, one message at a time.
	 */
	private static final class Handler {

		private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

		void handle(Message message) {
			this.received.add(new Received(message.getData(), Span.current().getSpanContext()));
		}

		Received send(TracedNats nats, String subject, Headers headers, String body) throws InterruptedException {
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			nats.raw().publish(subject, headers, bytes);
			Received next = this.received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			assertThat(next).isNotNull();
			assertThat(Arrays.equals(next.body, bytes)).isTrue();
			return next;
		}

	}

}
