// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import io.tracing.testing.OtlpReceiver;
import io.tracing.testing.OtlpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What each way of a backend to answer, or not to, means for what was sent; against a
 * receiver that understands every byte or refuses.
 */
class OtlpHttpSenderTests {

	private static final String TRACES = "/v1/traces";

	private final OtlpReceiver backend = OtlpReceiver.start();

	private final OtlpHttpSender sender = new OtlpHttpSender(
			OtlpHttpOptions.builder().endpoint(this.backend.url()).build());

	@AfterEach
	void close() {
		this.sender.close();
		this.backend.close();
	}

	@Test
	void recordsOfEachSignalArrive() throws InterruptedException {
		for (Signal signal : Signal.values()) {
			assertThat(this.sender.send(signal, OtlpRequests.of(signal))).isEqualTo(new SendResult.Accepted(0, null));
		}
		assertThat(this.backend.spans()).singleElement().satisfies((span) -> {
			assertThat(span.service()).isEqualTo("orders");
			assertThat(span.record().getName()).isEqualTo("GET /orders");
		});
		assertThat(this.backend.logRecords()).hasSize(1);
		assertThat(this.backend.metrics()).hasSize(1);
		assertThat(this.backend.faults()).isEmpty();
	}

	@Test
	void partsThatFollowOneAnotherAreOneRequest() throws InterruptedException {
		List<byte[]> parts = new ArrayList<>();
		for (int span = 0; span < 3; span++) {
			parts.addAll(OtlpRequests.of(Signal.SPANS));
			parts.add(new byte[0]);
		}
		parts.addAll(OtlpRequests.largeSpans(300_000));
		assertThat(this.sender.send(Signal.SPANS, parts)).isEqualTo(new SendResult.Accepted(0, null));
		assertThat(this.backend.count(Signal.SPANS)).isEqualTo(4);
		OtlpRequest request = this.backend.requests().get(0);
		int length = parts.stream().mapToInt((part) -> part.length).sum();
		assertThat(request.headers()).containsEntry("Content-Length", String.valueOf(length));
		assertThat(this.backend.faults()).isEmpty();
	}

	@Test
	void requestIsWhatTheSpecificationAsksFor() throws InterruptedException {
		this.sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS));
		Map<String, String> headers = this.backend.requests().get(0).headers();
		assertThat(headers).containsEntry("Content-Type", "application/x-protobuf")
			.doesNotContainKeys("Content-Encoding", "Transfer-Encoding", "Upgrade");
		assertThat(headers.get("User-Agent")).startsWith("tracing-spring-boot-bridge");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 202, 204, 206 })
	void twoHundredsAreAccepted(int status) throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(status))).isEqualTo(new SendResult.Accepted(0, null));
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 429, 502, 503, 504 })
	void overloadIsUnavailable(int status) throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(status).message("not now")))
			.isEqualTo(new SendResult.Unavailable(url(TRACES) + " answered " + status + ": not now", null));
	}

	@Test
	void tooLargeIsSaidSo() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(413)))
			.isEqualTo(new SendResult.TooLarge(url(TRACES) + " answered 413"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 402, 409, 415, 422, 431 })
	void badDataIsRejected(int status) throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(status).message("no span id")))
			.isEqualTo(new SendResult.Rejected(url(TRACES) + " answered " + status + ": no span id"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 501, 505, 599 })
	void otherFaultsOfTheBackendAreFailures(int status) throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(status).text("out of memory")))
			.isEqualTo(new SendResult.Failed(url(TRACES) + " answered " + status + ": out of memory"));
	}

	@ParameterizedTest
	@CsvSource({ "401, Check the credentials in tracing.bridge.headers or tracing.bridge.spans.headers.",
			"403, Check the credentials in tracing.bridge.headers or tracing.bridge.spans.headers.",
			"404, 'Check host, port and path in tracing.bridge.endpoint or tracing.bridge.spans.endpoint.'",
			"405, 'Check host, port and path in tracing.bridge.endpoint or tracing.bridge.spans.endpoint.'",
			"407, 'Check the proxy of the JVM (''https.proxyHost'', ''http.nonProxyHosts'').'" })
	void configurationIsNamedWhereTheBackendRefuses(int status, String mend) throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(status).text("no")))
			.isEqualTo(new SendResult.Refused(url(TRACES) + " answered " + status + ": no. " + mend));
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void redirectionIsNamedAndNotFollowed(int status) throws InterruptedException {
		String location = this.backend.url() + "/elsewhere?key=hidden";
		this.backend.serve("/elsewhere", Signal.SPANS);
		assertThat(sendAndGet(OtlpAnswer.status(status).header("Location", location)))
			.isEqualTo(new SendResult.Refused(url(TRACES) + " answered " + status
					+ ". Redirections are not followed, write the final URL in tracing.bridge.endpoint or"
					+ " tracing.bridge.spans.endpoint: it points to " + this.backend.url() + "/elsewhere"));
		assertThat(this.backend.requests("/elsewhere")).isZero();
	}

	@Test
	void partialSuccessIsCountedForEachSignal() throws InterruptedException {
		for (Signal signal : Signal.values()) {
			this.backend.answerAll(OtlpAnswer.partialSuccess(7, "seven are too old"));
			assertThat(this.sender.send(signal, OtlpRequests.of(signal)))
				.isEqualTo(new SendResult.Accepted(7, "seven are too old"));
		}
	}

	@Test
	void warningWithoutRejectionIsPassedOn() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.partialSuccess(0, "use the new endpoint")))
			.isEqualTo(new SendResult.Accepted(0, "use the new endpoint"));
	}

	@Test
	void answerThatIsNoOtlpChangesNothing() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(200).body("application/x-protobuf", new byte[] { 1, 2, 3 })))
			.isEqualTo(new SendResult.Accepted(0, "the body of the answer is no OTLP"));
		assertThat(sendAndGet(OtlpAnswer.status(200).text("{\"partialSuccess\":{}}")))
			.isEqualTo(new SendResult.Accepted(0, null));
	}

	@ParameterizedTest
	@CsvSource({ "429, 7, PT7S", "503, 0, PT0S", "503, 120, PT2M", "502, 86400, PT5M",
			"429, 99999999999999999999, PT5M", "429, -1, ", "429, soon, ", "429, 1.5, " })
	void retryAfterSecondsAreHonoured(int status, String value, Duration wait) throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(status).header("Retry-After", value)))
			.isEqualTo(new SendResult.Unavailable(url(TRACES) + " answered " + status, wait));
	}

	@ParameterizedTest
	@CsvSource({ "90, PT1M30S", "-3600, PT0S", "86400, PT5M" })
	void retryAfterDateIsHonoured(int seconds, Duration wait) throws InterruptedException {
		// Of a backend whose clock is an hour late: only its own dates are compared.
		ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC).minusHours(1);
		DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
		assertThat(sendAndGet(OtlpAnswer.status(503)
			.header("Date", format.format(now))
			.header("Retry-After", format.format(now.plusSeconds(seconds)))))
			.isEqualTo(new SendResult.Unavailable(url(TRACES) + " answered 503", wait));
	}

	@Test
	void retryAfterDateIsComparedWithOurClockWithoutTheirs() throws InterruptedException {
		ZonedDateTime date = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(100);
		SendResult result = sendAndGet(
				OtlpAnswer.status(429).header("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(date)));
		assertThat(result).isInstanceOfSatisfying(SendResult.Unavailable.class,
				(unavailable) -> assertThat(unavailable.retryAfter()).isBetween(Duration.ofSeconds(50),
						Duration.ofSeconds(101)));
	}

	@Test
	void refusedConnectionIsUnavailable() throws InterruptedException {
		this.backend.stop();
		assertThat(send()).isInstanceOfSatisfying(SendResult.Unavailable.class, (unavailable) -> {
			assertThat(unavailable.reason()).startsWith(url(TRACES) + " gave no answer: ");
			assertThat(unavailable.retryAfter()).isNull();
		});
		this.backend.restart();
		assertThat(send()).isEqualTo(new SendResult.Accepted(0, null));
	}

	@Test
	void unknownHostIsUnavailable() throws InterruptedException {
		try (OtlpHttpSender sender = sender("http://no-such-host.invalid:4318")) {
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS))).isEqualTo(new SendResult.Unavailable(
					"http://no-such-host.invalid:4318/v1/traces has a host name that is unknown here", null));
		}
	}

	@Test
	void portOfTheOtherProtocolIsHintedAt() throws InterruptedException {
		try (OtlpHttpSender sender = sender("http://no-such-host.invalid:4317")) {
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isInstanceOfSatisfying(SendResult.Unavailable.class, (unavailable) -> assertThat(unavailable.reason())
					.endsWith("Port 4317 is by custom that of OTLP over gRPC; OTLP over HTTP has 4318."));
		}
	}

	@Test
	void resetIsUnavailable() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.reset())).isInstanceOfSatisfying(SendResult.Unavailable.class,
				(unavailable) -> assertThat(unavailable.reason()).startsWith(url(TRACES) + " gave no answer: "));
		assertThat(send()).isEqualTo(new SendResult.Accepted(0, null));
	}

	@Test
	void resetInTheBodyOfAGoodAnswerIsAccepted() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.ok().resetInBody()))
			.isEqualTo(new SendResult.Accepted(0, "the body of the answer broke off"));
	}

	@Test
	void resetInTheBodyOfABadAnswerKeepsItsMeaning() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(503).header("Retry-After", "3").resetInBody()))
			.isEqualTo(new SendResult.Unavailable(url(TRACES) + " answered 503", Duration.ofSeconds(3)));
	}

	@Test
	void hangEndsWithTheTimeout() throws InterruptedException {
		try (OtlpHttpSender sender = impatientSender()) {
			this.backend.answer(TRACES, OtlpAnswer.hang());
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isEqualTo(new SendResult.Unavailable(url(TRACES) + " gave no answer within 200 ms", null));
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isEqualTo(new SendResult.Accepted(0, null));
		}
	}

	@Test
	void timeoutIsForTheWholeExchange() throws InterruptedException {
		try (OtlpHttpSender sender = impatientSender()) {
			this.backend.answer(TRACES, OtlpAnswer.ok().slowBody(), OtlpAnswer.status(429).slowBody());
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isEqualTo(new SendResult.Accepted(0, "the body of the answer did not end in time"));
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isEqualTo(new SendResult.Unavailable(url(TRACES) + " answered 429", null));
		}
	}

	@Test
	void hugeBodyIsNotRead() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.ok().hugeBody(1L << 40)))
			.isEqualTo(new SendResult.Accepted(0, "the body of the answer is longer than 4194304 bytes"));
		assertThat(sendAndGet(OtlpAnswer.status(400).text("too old").hugeBody(1L << 40)))
			.isEqualTo(new SendResult.Rejected(url(TRACES) + " answered 400: too old"));
	}

	@Test
	void tooLargeIsHeardWhileTheRequestIsStillBeingSent() throws InterruptedException {
		assertThat(send(OtlpRequests.largeSpans(20_000_000), OtlpAnswer.status(413).beforeBody()))
			.isInstanceOf(SendResult.TooLarge.class);
	}

	@Test
	void plainHttpToAnEncryptedPortIsAMatterOfConfiguration() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(400).text("Client sent an HTTP request to an HTTPS server.\n")))
			.isInstanceOfSatisfying(SendResult.Refused.class, (refused) -> assertThat(refused.reason())
				.endsWith(" Write https:// in tracing.bridge.endpoint or tracing.bridge.spans.endpoint."));
	}

	@Test
	void whatIsNoHttpIsUnavailable() throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				OtlpHttpSender sender = sender("http://localhost:" + other.getLocalPort())) {
			CompletableFuture<Void> greeting = CompletableFuture.runAsync(() -> greet(other));
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isInstanceOf(SendResult.Unavailable.class);
			greeting.get();
		}
	}

	private static void greet(ServerSocket server) {
		try (var connection = server.accept()) {
			connection.getOutputStream().write("220 mail.example.org ready\r\n".getBytes());
			connection.getOutputStream().flush();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void interruptionEndsTheExchange() throws InterruptedException {
		this.backend.answer(TRACES, OtlpAnswer.hang());
		CompletableFuture<Throwable> fault = new CompletableFuture<>();
		Thread thread = new Thread(() -> fault.complete(catchThrowable(this::send)));
		thread.start();
		this.backend.awaitRequests(TRACES, 0, 1);
		thread.interrupt();
		assertThat(fault.join()).isInstanceOf(InterruptedException.class);
		await().until(() -> this.backend.connections() == 0);
		assertThat(send()).isEqualTo(new SendResult.Accepted(0, null));
	}

	@Test
	void connectionIsKept() throws InterruptedException {
		for (int request = 0; request < 10; request++) {
			// An answer that nobody reads keeps its connection from being used again.
			assertThat(sendAndGet(OtlpAnswer.status(503).text("x".repeat(100_000))))
				.isInstanceOf(SendResult.Unavailable.class);
		}
		assertThat(this.backend.connectionsSoFar()).isOne();
	}

	@Test
	void closeEndsWhatIsInFlight() throws InterruptedException, ExecutionException {
		this.backend.answer(TRACES, OtlpAnswer.hang());
		CompletableFuture<SendResult> result = CompletableFuture.supplyAsync(() -> {
			try {
				return send();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		this.backend.awaitRequests(TRACES, 0, 1);
		this.sender.close();
		assertThat(result.get())
			.isEqualTo(new SendResult.Unavailable("The bridge was closed before " + url(TRACES) + " answered", null));
		assertThat(send()).isInstanceOf(SendResult.Unavailable.class);
	}

	private OtlpHttpSender impatientSender() {
		return new OtlpHttpSender(
				OtlpHttpOptions.builder().endpoint(this.backend.url()).timeout(Duration.ofMillis(200)).build());
	}

	private static OtlpHttpSender sender(String endpoint) {
		return new OtlpHttpSender(OtlpHttpOptions.builder().endpoint(endpoint).build());
	}

	private SendResult sendAndGet(OtlpAnswer answer) throws InterruptedException {
		return send(OtlpRequests.of(Signal.SPANS), answer);
	}

	private SendResult send(List<byte[]> body, OtlpAnswer answer) throws InterruptedException {
		this.backend.answer(TRACES, answer);
		return this.sender.send(Signal.SPANS, body);
	}

	private SendResult send() throws InterruptedException {
		return this.sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS));
	}

	private String url(String path) {
		return this.backend.url() + path;
	}

}
