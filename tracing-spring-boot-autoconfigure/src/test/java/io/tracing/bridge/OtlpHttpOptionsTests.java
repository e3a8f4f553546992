// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Map;

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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What options do to requests, which of them are refused, and that none of it tells a
 * secret.
 */
class OtlpHttpOptionsTests {

	private final OtlpReceiver backend = OtlpReceiver.start();

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void compressedRequestIsUnderstood() throws InterruptedException {
		assertThat(send(OtlpHttpOptions.builder().endpoint(this.backend.url()).gzip(true), Signal.SPANS))
			.isEqualTo(new SendResult.Accepted(0, null));
		OtlpRequest request = this.backend.requests().get(0);
		assertThat(request.headers()).containsEntry("Content-Encoding", "gzip")
			.containsEntry("Content-Length", String.valueOf(request.size()));
		assertThat(request.size()).isLessThan(5_000);
		assertThat(this.backend.spans()).hasSize(1);
		assertThat(this.backend.faults()).isEmpty();
	}

	@Test
	void signalHasOptionsOfItsOwn() throws InterruptedException {
		this.backend.serve("/in?tenant=a", Signal.LOGS);
		OtlpHttpOptionsBuilder options = OtlpHttpOptions.builder()
			.endpoint(this.backend.url())
			.headers(Map.of("Authorization", "Bearer general"))
			.endpoint(Signal.LOGS, this.backend.url() + "/in?tenant=a")
			.headers(Signal.LOGS, Map.of("X-Tenant", "logs"))
			.gzip(Signal.LOGS, true);
		assertThat(send(options, Signal.LOGS)).isEqualTo(new SendResult.Accepted(0, null));
		assertThat(send(options, Signal.SPANS)).isEqualTo(new SendResult.Accepted(0, null));
		assertThat(this.backend.requests()).satisfiesExactly(
				(logs) -> assertThat(logs.headers()).containsEntry("X-Tenant", "logs")
					.containsEntry("Content-Encoding", "gzip")
					.doesNotContainKey("Authorization"),
				(traces) -> assertThat(traces.headers()).containsEntry("Authorization", "Bearer general")
					.doesNotContainKeys("X-Tenant", "Content-Encoding"));
	}

	@Test
	void userAgentIsForTheUserToChange() throws InterruptedException {
		send(OtlpHttpOptions.builder().endpoint(this.backend.url()).headers(Map.of("user-agent", "mine")),
				Signal.SPANS);
		assertThat(this.backend.requests().get(0).headers()).containsEntry("User-Agent", "mine");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "'' | '' | it is empty | Write a URL such as http://localhost:4318.",
			"localhost:4318 | localhost:4318 | it has no scheme"
					+ " | Write http://localhost:4318, or https://localhost:4318 if the backend has TLS.",
			"user:secret@host:4318 | host:4318 | it has no scheme"
					+ " | Write http://host:4318, or https://host:4318 if the backend has TLS.",
			"http://a b | http://a b | it has a space in it | Write one URL, such as http://localhost:4318.",
			"ftp://a | ftp://a | its scheme is neither http nor https"
					+ " | Write the URL of the backend's OTLP/HTTP receiver, such as http://localhost:4318.",
			"https://user:secret@host | https://host"
					+ " | it has a user or a password in it, which would show up in logs"
					+ " | Remove them, and configure a header 'Authorization' instead.",
			"https://user:sec/ret@host | https://host | it has no valid host and port"
					+ " | Write a URL such as http://localhost:4318; a host name has letters, digits, hyphens and dots,"
					+ " but no underscore.",
			"http://my_host:4318?key=secret | http://my_host:4318 | it has no valid host and port"
					+ " | Write a URL such as http://localhost:4318; a host name has letters, digits, hyphens and dots,"
					+ " but no underscore.",
			"http://a#secret | http://a | it has a fragment, which is never sent"
					+ " | Remove '#' and what follows it.",
			"http://a/%zz?secret | http://a/%zz | it is no URL | Write a URL such as http://localhost:4318." })
	void badEndpointIsExplained(String value, String shown, String reason, String mend) {
		assertThatExceptionOfType(InvalidOtlpOptionException.class)
			.isThrownBy(() -> OtlpHttpOptions.builder().endpoint(value))
			.satisfies((ex) -> {
				assertThat(ex.value()).isEqualTo(shown);
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.mend()).isEqualTo(mend);
				assertThat(ex.getMessage()).doesNotContain("secret");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://a:0", "http://a:65536", "http:///path", "http://:4318" })
	void endpointNeedsHostAndPort(String value) {
		assertThatExceptionOfType(InvalidOtlpOptionException.class)
			.isThrownBy(() -> OtlpHttpOptions.builder().endpoint(value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "P2D" })
	void badTimeoutIsRefused(Duration timeout) {
		assertThatExceptionOfType(InvalidOtlpOptionException.class)
			.isThrownBy(() -> OtlpHttpOptions.builder().timeout(timeout));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Type", "content-encoding", "Content-Length", "Host", "Connection", "Expect",
			"Upgrade", "Transfer-Encoding" })
	void headersOfTheRequestItselfAreRefused(String name) {
		assertThatExceptionOfType(InvalidOtlpOptionException.class)
			.isThrownBy(() -> OtlpHttpOptions.builder().headers(Map.of(name, "x")))
			.withMessage("headers=%s is invalid because this header follows from the request. Remove the header '%s'."
				.formatted(name, name));
	}

	@Test
	void nothingThatIsPrintedTellsASecret() {
		OtlpHttpOptions options = OtlpHttpOptions.builder()
			.endpoint("https://host/path?key=secret")
			.headers(Map.of("Authorization", "Bearer secret"))
			.build();
		assertThat(options.toString()).doesNotContain("secret")
			.contains("https://host/path/v1/traces", "Authorization");
		assertThat(options.endpoint(Signal.SPANS)).isEqualTo("https://host/path/v1/traces");
		assertThat(options.target(Signal.SPANS).toString()).doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 301, 400, 401, 413, 429, 500 })
	void secretThatTheBackendQuotesIsNotPassedOn(int status) throws InterruptedException {
		String quote = "the token s3cr3t-t0ken of Bearer s3cr3t-t0ken is bad, so is ?key=s3cr3t";
		this.backend.serve("/v1/traces?key=s3cr3t", Signal.SPANS);
		OtlpAnswer answer = (status == 200) ? OtlpAnswer.partialSuccess(1, quote)
				: OtlpAnswer.status(status).message(quote).header("Location", "http://s3cr3t-t0ken@other?s3cr3t-t0ken");
		this.backend.answerAll(answer);
		SendResult result = send(OtlpHttpOptions.builder()
			.endpoint(this.backend.url() + "?key=s3cr3t")
			.headers(Map.of("Authorization", "Bearer s3cr3t-t0ken")), Signal.SPANS);
		assertThat(result.toString()).contains("the token *** of").doesNotContain("s3cr3t");
	}

	private static SendResult send(OtlpHttpOptionsBuilder options, Signal signal) throws InterruptedException {
		try (OtlpHttpSender sender = new OtlpHttpSender(options.build())) {
			return sender.send(signal,
					(signal == Signal.SPANS) ? OtlpRequests.largeSpans(100_000) : OtlpRequests.of(signal));
		}
	}

}
