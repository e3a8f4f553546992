// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What is sent, and what becomes of it where a backend does not answer as it should;
 * against a receiver that understands every byte or refuses.
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

	@Test
	void refusedConnectionIsUnavailable() throws InterruptedException {
		this.backend.stop();
		assertThat(send()).isInstanceOfSatisfying(SendResult.Unavailable.class, (unavailable) -> {
			assertThat(unavailable.reason())
				.isEqualTo(url(TRACES) + " takes no connections (if it is up, check tracing.bridge.endpoint)");
			assertThat(unavailable.retryAfter()).isNull();
		});
		this.backend.restart();
		assertThat(send()).isEqualTo(new SendResult.Accepted(0, null));
	}

	@Test
	void unknownHostIsUnavailable() throws InterruptedException {
		try (OtlpHttpSender sender = sender("http://no-such-host.invalid:4318")) {
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS))).isEqualTo(new SendResult.Unavailable(
					"http://no-such-host.invalid:4318/v1/traces has a host name that is unknown here"
							+ " (check tracing.bridge.endpoint)",
					null));
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
		try (OtlpHttpSender impatient = sender(Duration.ofMillis(200))) {
			this.backend.answer(TRACES, OtlpAnswer.hang());
			assertThat(impatient.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isEqualTo(new SendResult.Unavailable(url(TRACES) + " gave no answer within 200 ms", null));
			await().until(() -> this.backend.connections() == 0);
		}
	}

	@Test
	void timeoutIsForTheWholeExchange() throws InterruptedException {
		// Long enough for the head of the answer on a machine that has much to do.
		try (OtlpHttpSender impatient = sender(Duration.ofSeconds(2))) {
			this.backend.answer(TRACES, OtlpAnswer.ok().slowBody(), OtlpAnswer.status(429).slowBody());
			assertThat(impatient.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isEqualTo(new SendResult.Accepted(0, "the body of the answer did not end in time"));
			assertThat(impatient.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
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
	void whatIsNoHttpIsUnavailable() throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				OtlpHttpSender sender = sender("http://localhost:" + other.getLocalPort())) {
			CompletableFuture<Void> greeting = CompletableFuture.runAsync(() -> greet(other));
			assertThat(sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS)))
				.isInstanceOf(SendResult.Unavailable.class);
			greeting.get();
		}
	}

	@Test
	void proxyOfTheJvmIsUsed() throws InterruptedException {
		this.backend.serve("http://backend.invalid:4318" + TRACES, Signal.SPANS);
		assertThat(sendThroughProxy("http://backend.invalid:4318")).isEqualTo(new SendResult.Accepted(0, null));
		assertThat(this.backend.spans()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://backend.invalid:4318", "https://backend.invalid:4318" })
	void proxyThatWantsCredentialsIsAMatterOfConfiguration(String endpoint) throws InterruptedException {
		this.backend.answerAll(OtlpAnswer.status(407).header("Proxy-Authenticate", "Basic realm=proxy"));
		assertThat(sendThroughProxy(endpoint)).isInstanceOfSatisfying(SendResult.Refused.class,
				(refused) -> assertThat(refused.reason())
					.startsWith(endpoint + TRACES + " answered 407. Check the proxy of the JVM"));
	}

	private SendResult sendThroughProxy(String endpoint) throws InterruptedException {
		ProxySelector before = ProxySelector.getDefault();
		ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("localhost", this.backend.port())));
		try (OtlpHttpSender sender = sender(endpoint)) {
			return sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS));
		}
		finally {
			ProxySelector.setDefault(before);
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

	private OtlpHttpSender sender(Duration timeout) {
		return new OtlpHttpSender(OtlpHttpOptions.builder().endpoint(this.backend.url()).timeout(timeout).build());
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
