// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.nats.client.Subscription;
import io.nats.client.api.MessageInfo;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What becomes of the records for each way in which a backend can answer, for each
 * signal, from the stream to the backend or the dead letters. A batch has four messages
 * with six records: two requests of OTLP, with three and one, and two records that are
 * JSON. Afterwards the stream has nothing left to deliver, and nothing was delivered
 * twice.
 */
class HttpMatrixIntegrationTests {

	private static final int MESSAGES = 4;

	private static final int RECORDS = 6;

	/** For answers that come. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/** For answers that do not. */
	private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(3);

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Map<Signal, String> PATHS = Map.of(Signal.SPANS, "/v1/traces", Signal.LOGS, "/v1/logs",
			Signal.METRICS, "/v1/metrics");

	private final BridgeScenario scenario = new BridgeScenario();

	private final Arrivals arrivals = new Arrivals();

	private Subscription terminations;

	@BeforeEach
	void publish() {
		this.scenario.createStream();
		this.terminations = this.scenario.connection()
			.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED." + BridgeScenario.STREAM + ".*");
		for (Signal signal : Signal.values()) {
			this.scenario.publishOtlp(signal, OtlpSamples.request(signal, 0, 3));
			this.scenario.publish(signal.subjectPrefix() + "svc.r1", OtlpSamples.record(signal, 3));
			this.scenario.publish(signal.subjectPrefix() + "svc.r1", OtlpSamples.record(signal, 4));
			this.scenario.publishOtlp(signal, OtlpSamples.request(signal, 5, 1));
		}
	}

	@AfterEach
	void close() {
		this.scenario.close();
	}

	static Stream<Arguments> taken() {
		return Stream.of(arguments("200", OtlpAnswer.ok(), 0), arguments("202", OtlpAnswer.status(202), 0),
				arguments("204", OtlpAnswer.status(204), 0),
				arguments("200 with text", OtlpAnswer.status(200).text("ok"), 0),
				arguments("partial success", OtlpAnswer.partialSuccess(2, "too old"), 2),
				arguments("partial success that is only a warning", OtlpAnswer.partialSuccess(0, "slow down"), 0),
				arguments("200 and reset in the middle", OtlpAnswer.ok().resetInBody(), 0),
				arguments("200 and a huge body", OtlpAnswer.ok().hugeBody(64L * 1024 * 1024), 0));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void taken(String name, OtlpAnswer answer, int rejected) {
		answer(answer);
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(1, RECORDS - rejected, rejected, 0, null, 0));
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	static Stream<Arguments> triedAgain() {
		return Stream.of(arguments("408", OtlpAnswer.status(408)), arguments("429", OtlpAnswer.status(429)),
				arguments("502", OtlpAnswer.status(502).text("<html>Bad gateway</html>")),
				arguments("503", OtlpAnswer.status(503).message("overloaded")),
				arguments("504", OtlpAnswer.status(504)),
				arguments("503 and reset in the middle", OtlpAnswer.status(503).resetInBody()),
				arguments("503 and a huge body", OtlpAnswer.status(503).hugeBody(64L * 1024 * 1024)),
				arguments("reset before the answer", OtlpAnswer.reset()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void triedAgain(String name, OtlpAnswer answer) {
		answer(answer, answer);
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(3, RECORDS, 0, 2 * RECORDS, null, 0));
		assertNothingTwice();
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	static Stream<Arguments> answerThatDoesNotEndIsNotWaitedFor() {
		return Stream.of(arguments("hang", OtlpAnswer.hang(), 2),
				arguments("503 and a slow body", OtlpAnswer.status(503).slowBody(), 2),
				arguments("200 and a slow body", OtlpAnswer.ok().slowBody(), 1));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void answerThatDoesNotEndIsNotWaitedFor(String name, OtlpAnswer answer, int requests) {
		answer(answer);
		OtlpBridge bridge = start(SHORT_TIMEOUT);
		assertOutcome(bridge, new BatchOutcome(requests, RECORDS, 0, (requests - 1) * RECORDS, null, 0));
		assertNothingTwice();
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	@Test
	void refusedConnectionsAreTriedAgain() {
		this.scenario.backend().stop();
		OtlpBridge bridge = start();
		for (Signal signal : Signal.values()) {
			SignalStatus status = BridgeScenario.awaitState(bridge, signal, SignalState.RETRYING);
			assertThat(status.reason()).contains(this.scenario.backend().url() + PATHS.get(signal));
		}
		this.scenario.backend().restart();
		for (Signal signal : Signal.values()) {
			SignalStatus status = awaitDone(bridge, signal);
			assertThat(status.exported()).isEqualTo(RECORDS);
			assertThat(status.retried()).isPositive().satisfies((retried) -> assertThat(retried % RECORDS).isZero());
			assertThat(this.scenario.backend().requests(PATHS.get(signal))).isOne();
		}
		assertNothingTwice();
	}

	/** That the backend had taken them is not known, and what comes twice is reported. */
	@Test
	void recordsThatTheBackendKeptBeforeItFailedAreThereTwice() {
		answer(OtlpAnswer.status(504).kept());
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(2, RECORDS, 0, RECORDS, null, 0));
		for (Signal signal : Signal.values()) {
			assertThat(this.scenario.backend().distinct(signal)).isEqualTo(RECORDS);
			assertThat(this.scenario.backend().count(signal)).isEqualTo(2 * RECORDS);
		}
	}

	static Stream<Arguments> retryAfterIsHonoured() {
		ZonedDateTime date = ZonedDateTime.now(ZoneOffset.UTC);
		return Stream.of(arguments("429, seconds", OtlpAnswer.status(429).header("Retry-After", "2")),
				arguments("503, seconds", OtlpAnswer.status(503).header("Retry-After", "2")),
				arguments("429, a date of the backend's clock",
						OtlpAnswer.status(429)
							.header("Date", httpDate(date.minusHours(1)))
							.header("Retry-After", httpDate(date.minusHours(1).plusSeconds(2)))));
	}

	private static String httpDate(ZonedDateTime date) {
		return DateTimeFormatter.RFC_1123_DATE_TIME.format(date);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void retryAfterIsHonoured(String name, OtlpAnswer answer) {
		answer(answer);
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(2, RECORDS, 0, RECORDS, null, 0));
		for (Signal signal : Signal.values()) {
			assertThat(this.arrivals.between(PATHS.get(signal), 0, 1)).isBetween(Duration.ofSeconds(2),
					Duration.ofSeconds(10));
		}
		assertNothingTwice();
	}

	/** A server that sends no date has, one hopes, the same time. */
	@Test
	void retryAfterMayBeADateOfTheClockOnTheWall() {
		ZonedDateTime date = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3);
		answer(OtlpAnswer.status(429).header("Retry-After", httpDate(date)));
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(2, RECORDS, 0, RECORDS, null, 0));
		assertThat(ZonedDateTime.now(ZoneOffset.UTC)).isAfter(date.truncatedTo(ChronoUnit.SECONDS));
		for (Signal signal : Signal.values()) {
			assertThat(this.arrivals.time(PATHS.get(signal), 1))
				.isAfterOrEqualTo(date.truncatedTo(ChronoUnit.SECONDS).toInstant());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 307, 308, 401, 403, 404, 405 })
	void paused(int status) {
		answer(OtlpAnswer.status(status).header("Location", "http://elsewhere:4318/v1/traces"));
		OtlpBridge bridge = start(TIMEOUT, (builder) -> builder.pause(Duration.ofHours(1)));
		for (Signal signal : Signal.values()) {
			SignalStatus paused = BridgeScenario.awaitState(bridge, signal, SignalState.PAUSED);
			assertThat(paused.reason()).contains("answered " + status)
				.contains("tracing.bridge." + signal.text() + ".");
			assertThat(paused.exported() + paused.deadLetters() + paused.redelivered()).isZero();
		}
		bridge.resume();
		assertOutcome(bridge, new BatchOutcome(2, RECORDS, 0, RECORDS, null, 0));
		assertNothingTwice();
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	/**
	 * Whole, two halves, four messages, and the three of the first: two, then one each.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 400, 406, 415, 422 })
	void rejectedOneByOne(int status) {
		this.scenario.backend().answerAll(OtlpAnswer.status(status).message("bad data"));
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(1 + 2 + 4 + 2 + 2, 0, 0, 0, DeadLetterReason.REJECTED, RECORDS));
		assertAllAreDeadLetters("rejected", "answered " + status + ": bad data");
	}

	@Test
	void badRecordIsFoundAndTheOthersPass() {
		this.scenario.backend().rejectIf((span) -> span.getName().equals("span-1"));
		this.scenario.backend().rejectLogRecordIf((log) -> log.getBody().getStringValue().equals("log-1"));
		this.scenario.backend().rejectMetricIf((metric) -> metric.getName().equals("metric-1"));
		OtlpBridge bridge = start();
		// With the bad: all, a half, its message, two of that, itself. Without: the rest
		// of each.
		assertOutcome(bridge, new BatchOutcome(5 + 4, RECORDS - 1, 0, 0, DeadLetterReason.REJECTED, 1));
		assertNothingTwice();
		assertThat(this.scenario.deadLetters()).hasSize(Signal.values().length);
		for (Signal signal : Signal.values()) {
			assertThat(deadLetters(signal)).singleElement()
				.satisfies((letter) -> assertThat(letter.getData()).isEqualTo(OtlpSamples.request(signal, 1, 1)));
		}
	}

	@Test
	void halvesOfWhatIsTooLargePass() {
		this.scenario.backend()
			.answerBy((request) -> (this.scenario.backend().requests(request.path()) == 0) ? OtlpAnswer.status(413)
					: null);
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(3, RECORDS, 0, 0, null, 0));
		assertNothingTwice();
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	@Test
	void whatIsTooLargeAloneIsADeadLetter() {
		this.scenario.backend().answerAll(OtlpAnswer.status(413).text("at most 10 bytes"));
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(11, 0, 0, 0, DeadLetterReason.TOO_LARGE, RECORDS));
		assertAllAreDeadLetters("too_large", "answered 413: at most 10 bytes");
	}

	/** Answered before the request was read: the client may not even see the answer. */
	@Test
	void tooLargeCanBeSaidBeforeTheRequestIsRead() {
		for (String path : PATHS.values()) {
			this.scenario.backend().answer(path, OtlpAnswer.status(413).beforeBody());
		}
		OtlpBridge bridge = start();
		for (Signal signal : Signal.values()) {
			SignalStatus status = awaitDone(bridge, signal);
			assertThat(status.exported()).isEqualTo(RECORDS);
			assertThat(status.deadLetters() + status.redelivered()).isZero();
		}
		assertNothingTwice();
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 501, 507 })
	void failureIsTriedAFewTimes(int status) {
		OtlpAnswer failure = OtlpAnswer.status(status);
		answer(failure, failure, failure);
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(4, RECORDS, 0, 3 * RECORDS, null, 0));
		assertNothingTwice();
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 501, 507 })
	void failureThatLastsEndsInDeadLetters(int status) {
		this.scenario.backend().answerAll(OtlpAnswer.status(status).text("out of disk"));
		OtlpBridge bridge = start();
		assertOutcome(bridge, new BatchOutcome(4 + 10, 0, 0, 3 * RECORDS, DeadLetterReason.FAILED, RECORDS));
		assertAllAreDeadLetters("failed", "answered " + status + ": out of disk");
	}

	/** Answer the first requests of each path, and those after them as ever. */
	private void answer(OtlpAnswer... answers) {
		List<OtlpAnswer> script = Arrays.asList(answers);
		this.scenario.backend().answerBy((request) -> {
			int number = this.arrivals.add(request.path());
			return (number < script.size()) ? script.get(number) : null;
		});
	}

	private OtlpBridge start() {
		return start(TIMEOUT, UnaryOperator.identity());
	}

	private OtlpBridge start(Duration timeout) {
		return start(timeout, UnaryOperator.identity());
	}

	private OtlpBridge start(Duration timeout, UnaryOperator<OtlpBridgeBuilder> customizer) {
		return this.scenario.startBridge(
				OtlpHttpOptions.builder().endpoint(this.scenario.backend().url()).timeout(timeout).build(),
				(builder) -> customizer.apply(builder.batchSize(MESSAGES)));
	}

	private SignalStatus awaitDone(OtlpBridge bridge, Signal signal) {
		Awaitility.await("all " + signal.text() + " are exported, rejected or dead letters")
			.atMost(LIMIT)
			.until(() -> BridgeScenario.status(bridge, signal),
					(status) -> status.exported() + status.rejected() + status.deadLetters() == RECORDS);
		this.scenario.awaitDrained(bridge, signal);
		SignalStatus status = BridgeScenario.status(bridge, signal);
		assertThat(status.messages()).isEqualTo(MESSAGES);
		assertThat(status.received()).isEqualTo(RECORDS);
		assertThat(status.redelivered()).isZero();
		assertThat(status.state()).isEqualTo(SignalState.RUNNING);
		return status;
	}

	private void assertOutcome(OtlpBridge bridge, BatchOutcome expected) {
		for (Signal signal : Signal.values()) {
			SignalStatus status = awaitDone(bridge, signal);
			assertThat(BatchOutcome.of(this.scenario.backend().requests(PATHS.get(signal)), status)).as(signal.text())
				.isEqualTo(expected);
		}
		assertThat(this.scenario.backend().faults()).isEmpty();
		assertTerminated(expected.deadLettered());
	}

	/** A message is terminated if it has a dead letter in it, else acknowledged. */
	private void assertTerminated(long deadLetters) {
		long messages = Math.min(deadLetters, MESSAGES) * Signal.values().length;
		Awaitility.await(messages + " messages are terminated")
			.atMost(LIMIT)
			.until(this.terminations::getPendingMessageCount, (count) -> count >= messages);
		assertThat(this.terminations.getPendingMessageCount()).isEqualTo(messages);
	}

	private void assertNothingTwice() {
		for (Signal signal : Signal.values()) {
			assertThat(this.scenario.backend().count(signal)).as(signal.text())
				.isEqualTo(this.scenario.backend().distinct(signal));
		}
	}

	private void assertAllAreDeadLetters(String reason, String error) {
		for (Signal signal : Signal.values()) {
			assertThat(this.scenario.backend().count(signal)).isZero();
			List<MessageInfo> letters = deadLetters(signal);
			assertThat(letters).extracting((letter) -> new String(letter.getData(), StandardCharsets.ISO_8859_1))
				.containsExactlyInAnyOrderElementsOf(Stream
					.of(OtlpSamples.request(signal, 0, 1), OtlpSamples.request(signal, 1, 1),
							OtlpSamples.request(signal, 2, 1), OtlpSamples.record(signal, 3),
							OtlpSamples.record(signal, 4), OtlpSamples.request(signal, 5, 1))
					.map((body) -> new String(body, StandardCharsets.ISO_8859_1))
					.toList());
			assertThat(letters).allSatisfy((letter) -> {
				assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason")).isEqualTo(reason);
				assertThat(BridgeScenario.header(letter, "Dead-Letter-Error")).contains(error);
				assertThat(BridgeScenario.header(letter, "Dead-Letter-Deliveries")).isEqualTo("1");
			});
		}
	}

	private List<MessageInfo> deadLetters(Signal signal) {
		return this.scenario.deadLetters()
			.stream()
			.filter((letter) -> letter.getSubject().equals("telemetry-dlq." + signal.text()))
			.toList();
	}

}
