// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.impl.Headers;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TraceParentVector.Expected;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.tracing.testing.TraceParentVector.SPAN_ID;
import static io.tracing.testing.TraceParentVector.TRACE_ID;
import static io.tracing.testing.TraceParentVector.VALID;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Headers as strangers send them, in other languages and with other clients: written as
 * raw bytes into a socket of a real server, and what a real handler then runs in.
 * Whatever the header, the message is processed.
 */
@TestInstance(Lifecycle.PER_CLASS)
class TraceParentVectorsIntegrationTests {

	private static final String OTHER = "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01";

	private final TracedNats nats = TracedNats.builder()
		.tracers((tracers) -> tracers.setSampler(Sampler.parentBased(Sampler.alwaysOn())))
		.start();

	private final String subject = NatsServer.newName("hostile");

	private final BlockingQueue<Received> inbox = new LinkedBlockingQueue<>();

	private Stranger stranger;

	private int sent;

	@BeforeAll
	void listen() throws IOException {
		this.nats.connection()
			.createDispatcher((message) -> this.inbox
				.add(new Received(new String(message.getData()), Span.current().getSpanContext(), Baggage.current())))
			.subscribe(this.subject);
		this.nats.flush();
		this.stranger = new Stranger(this.nats.server().url());
	}

	@AfterAll
	void close() throws IOException {
		this.stranger.close();
		this.nats.close();
	}

	static List<TraceParentVector> vectors() {
		return TraceParentVector.all().stream().filter(TraceParentVectorsIntegrationTests::isDeliverable).toList();
	}

	/**
	 * Whether jnats can read it. A header with other characters ends its connection, with
	 * or without tracing.
	 */
	private static boolean isDeliverable(TraceParentVector vector) {
		try {
			new Headers().put("traceparent", vector.traceparent()).put("tracestate", vector.tracestate());
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	@Test
	void whatCanNotBeDeliveredIsInvalidAnyway() {
		List<TraceParentVector> others = new ArrayList<>(TraceParentVector.all());
		others.removeAll(vectors());
		assertThat(others).extracting(TraceParentVector::expected).containsOnly(Expected.REJECT);
		assertThat(vectors()).hasSizeGreaterThan(9 * others.size());
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void headerIsAcceptedOrANewTraceStarts(TraceParentVector vector) throws Exception {
		StringBuilder headers = new StringBuilder();
		if (!vector.traceparent().isEmpty()) {
			headers.append(header("traceparent", vector.traceparent()));
		}
		if (!vector.tracestate().isEmpty()) {
			headers.append(header("tracestate", vector.tracestate()));
		}
		Received received = exchange(headers.toString());
		boolean accepted = vector.expected() == Expected.ACCEPT || (vector.expected() == Expected.EITHER
				&& received.span().getTraceId().equals(traceId(vector.traceparent().trim())));
		if (accepted) {
			assertContinues(received, vector.traceparent().trim(),
					vector.sampled() || vector.expected() == Expected.EITHER);
			if (vector.expected() == Expected.ACCEPT) {
				assertThat(received.span().getTraceFlags().asByte() & 0x02).isEqualTo(vector.random() ? 0x02 : 0);
			}
		}
		else {
			assertStartsAnew(received);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "Traceparent", "TRACEPARENT", "TraceParent" })
	void nameIsReadIgnoringCase(String name) throws Exception {
		assertContinues(exchange(header(name, VALID)), VALID, true);
	}

	@Test
	void allFieldsOfAGoClientAreRead() throws Exception {
		Received received = exchange(
				header("Traceparent", VALID) + header("Tracestate", "foo=1") + header("Baggage", "tenant=acme"));
		assertContinues(received, VALID, true);
		assertThat(received.span().getTraceState().get("foo")).isEqualTo("1");
		assertThat(received.baggage().getEntryValue("tenant")).isEqualTo("acme");
	}

	@Test
	void exactNameIsPreferred() throws Exception {
		assertContinues(exchange(header("Traceparent", OTHER) + header("traceparent", VALID)), VALID, true);
		assertContinues(exchange(header("traceparent", VALID) + header("TRACEPARENT", OTHER)), VALID, true);
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "Traceparent" })
	void sameValueTwiceIsAccepted(String name) throws Exception {
		assertContinues(exchange(header(name, VALID) + header(name, VALID)), VALID, true);
	}

	@Test
	void sameValueInTwoSpellingsIsAccepted() throws Exception {
		assertContinues(exchange(header("Traceparent", VALID) + header("TRACEPARENT", VALID)), VALID, true);
	}

	@Test
	void twoDifferentValuesStartANewTrace() throws Exception {
		assertStartsAnew(exchange(header("traceparent", VALID) + header("traceparent", OTHER)));
		assertStartsAnew(exchange(header("Traceparent", VALID) + header("TRACEPARENT", OTHER)));
	}

	@Test
	void emptyValueIsAsGoodAsMissing() throws Exception {
		assertStartsAnew(exchange(header("traceparent", "")));
	}

	@Test
	void noHeaderStartsANewTrace() throws Exception {
		assertStartsAnew(exchange(""));
		assertStartsAnew(exchange(header("Content-Type", "application/json")));
	}

	@Test
	void hugeValueStartsANewTrace() throws Exception {
		assertStartsAnew(exchange(header("traceparent", "cc" + VALID.substring(2) + "-" + "a".repeat(1 << 15))));
	}

	@Test
	void traceStateAloneIsIgnored() throws Exception {
		Received received = exchange(header("tracestate", "foo=1"));
		assertStartsAnew(received);
		assertThat(received.span().getTraceState().isEmpty()).isTrue();
	}

	@Test
	void traceStateInTwoHeadersIsJoined() throws Exception {
		Received received = exchange(
				header("traceparent", VALID) + header("tracestate", "foo=1") + header("tracestate", "bar=2"));
		assertContinues(received, VALID, true);
		assertThat(received.span().getTraceState().asMap()).hasSize(2)
			.containsEntry("foo", "1")
			.containsEntry("bar", "2");
	}

	@Test
	void malformedBaggageDoesNotBreakTheTrace() throws Exception {
		Received received = exchange(header("traceparent", VALID) + header("baggage", ";;=,,=%zz"));
		assertContinues(received, VALID, true);
		assertThat(received.baggage().isEmpty()).isTrue();
	}

	@Test
	void baggageWithoutTraceArrives() throws Exception {
		Received received = exchange(header("baggage", "tenant=acme"));
		assertStartsAnew(received);
		assertThat(received.baggage().getEntryValue("tenant")).isEqualTo("acme");
	}

	private Received exchange(String headers) throws Exception {
		String body = "message " + this.sent++;
		this.stranger.publish(this.subject, headers, body);
		Received received = this.inbox.poll(10, TimeUnit.SECONDS);
		assertThat(received).isNotNull();
		assertThat(received.body()).isEqualTo(body);
		assertThat(received.span().isValid()).isTrue();
		return received;
	}

	private void assertContinues(Received received, String header, boolean sampled) {
		assertThat(received.span().getTraceId()).isEqualTo(traceId(header));
		assertThat(received.span().isSampled()).isEqualTo(sampled);
		if (sampled) {
			SpanData process = this.nats.spans().awaitSpan(received.span().getSpanId());
			assertThat(process.getParentSpanId()).isEqualTo(header.substring(36, 52));
			assertThat(process.getLinks()).extracting(LinkData::getSpanContext).singleElement().satisfies((link) -> {
				assertThat(link.getTraceId()).isEqualTo(traceId(header));
				assertThat(link.getSpanId()).isEqualTo(header.substring(36, 52));
			});
		}
	}

	private void assertStartsAnew(Received received) {
		assertThat(received.span().getTraceId()).isNotEqualTo(TRACE_ID);
		SpanData process = this.nats.spans().awaitSpan(received.span().getSpanId());
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertThat(process.getLinks()).isEmpty();
		assertThat(process.getParentSpanId()).isNotEqualTo(SPAN_ID);
	}

	private static String header(String name, String value) {
		return name + ": " + value + "\r\n";
	}

	private static String traceId(String header) {
		return (header.length() >= 35) ? header.substring(3, 35) : header;
	}

	private record Received(String body, SpanContext span, Baggage baggage) {

	}

	/**
	 * A client that checks nothing of what it sends.
	 */
	private static final class Stranger implements AutoCloseable {

		private final Socket socket;

		Stranger(String url) throws IOException {
			URI uri = URI.create(url);
			this.socket = new Socket(uri.getHost(), uri.getPort());
			write("CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"lang\":\"go\",\"version\":\"1\"}\r\nPING\r\n"
				.getBytes(StandardCharsets.US_ASCII));
			// What the server says of itself, and its answer: the socket is open.
			InputStream in = this.socket.getInputStream();
			ByteArrayOutputStream answer = new ByteArrayOutputStream();
			while (!answer.toString(StandardCharsets.UTF_8).contains("PONG\r\n")) {
				answer.write(in.read());
			}
		}

		void publish(String subject, String headers, String body) throws IOException {
			byte[] block = ("NATS/1.0\r\n" + headers + "\r\n").getBytes(StandardCharsets.UTF_8);
			byte[] payload = body.getBytes(StandardCharsets.UTF_8);
			ByteArrayOutputStream message = new ByteArrayOutputStream();
			message.writeBytes("HPUB %s %d %d\r\n".formatted(subject, block.length, block.length + payload.length)
				.getBytes(StandardCharsets.US_ASCII));
			message.writeBytes(block);
			message.writeBytes(payload);
			message.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
			write(message.toByteArray());
		}

		private void write(byte[] bytes) throws IOException {
			OutputStream out = this.socket.getOutputStream();
			out.write(bytes);
			out.flush();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
