// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import io.tracing.testing.OtlpReceiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What each answer of a backend means for what was sent, and what is said of it.
 */
class AnswerRulesTests {

	private static final String TRACES = "/v1/traces";

	private final OtlpReceiver backend = OtlpReceiver.start();

	private final OtlpHttpSender sender = new OtlpHttpSender(
			OtlpHttpOptions.builder().endpoint(this.backend.url()).build());

	@AfterEach
	void close() {
		this.sender.close();
		this.backend.close();
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
			"404, 'Check host, port and path in tracing.bridge.endpoint or tracing.bridge.spans.endpoint,"
					+ " or leave ''spans'' out of tracing.bridge.signals if the backend takes none.'",
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
	void plainHttpToAnEncryptedPortIsAMatterOfConfiguration() throws InterruptedException {
		assertThat(sendAndGet(OtlpAnswer.status(400).text("Client sent an HTTP request to an HTTPS server.\n")))
			.isInstanceOfSatisfying(SendResult.Refused.class, (refused) -> assertThat(refused.reason())
				.endsWith(" Write https:// in tracing.bridge.endpoint or tracing.bridge.spans.endpoint."));
	}

	@Test
	void messageIsOneShortLine() throws InterruptedException {
		String page = "<html>\r\n\t<h1>Bad request</h1>\n" + "x".repeat(1000);
		assertThat(sendAndGet(OtlpAnswer.status(400).text(page))).isEqualTo(new SendResult.Rejected(
				url(TRACES) + " answered 400: <html> <h1>Bad request</h1> " + "x".repeat(172) + "..."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-protobuf", "application/octet-stream", "text/plain" })
	void whatIsNoTextIsNotQuoted(String contentType) throws InterruptedException {
		byte[] garbage = { 0x1f, (byte) 0x8b, 8, 0, (byte) 0xff, (byte) 0xfe, 2, 3 };
		assertThat(sendAndGet(OtlpAnswer.status(400).body(contentType, garbage)))
			.isEqualTo(new SendResult.Rejected(url(TRACES) + " answered 400"));
	}

	private SendResult sendAndGet(OtlpAnswer answer) throws InterruptedException {
		this.backend.answer(TRACES, answer);
		return this.sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS));
	}

	private String url(String path) {
		return this.backend.url() + path;
	}

}
