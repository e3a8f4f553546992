// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.tracing.telemetry.wire.Signal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What can't be exported is in the dead-letter stream with all that is needed to find out
 * why and to replay it, whatever happens to that stream, with a real nats-server.
 */
class DeadLetterIntegrationTests {

	private static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);

	private static final int MAX_PAYLOAD = 1024 * 1024;

	// Nobody needs a password to be the administrator.
	private final BridgeScenario scenario = new BridgeScenario(
			"""
					authorization { users: [
						{ user: admin, password: secret }
						{ user: reader, password: secret, permissions: { publish: { deny: ["telemetry-dlq.>"] } } }
						{ user: guest, password: secret,
							permissions: { publish: { deny: ["$JS.API.STREAM.CREATE.>", "$JS.API.STREAM.INFO.TELEMETRY_DLQ"] } } }
					] }
					no_auth_user: admin
					""");

	private final BridgeLog log = new BridgeLog();

	@AfterEach
	void close() {
		this.log.close();
		this.scenario.close();
	}

	@Test
	void headersSayWhereItComesFromAndWhy() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		Headers headers = new Headers().add("X-Custom", "one", "two")
			.add("Nats-Msg-Id", "an-id")
			.add("Nats-Custom", "of the server")
			.add("dead-letter-body", "gzip")
			.add("Dead-Letter-Reason", "none");
		this.scenario.publish("telemetry.spans.50%.a", headers, GARBAGE);
		Instant before = Instant.now();
		this.scenario.startBridge();
		MessageInfo letter = this.scenario.awaitDeadLetters(1).get(0);
		assertThat(letter.getSubject()).isEqualTo("telemetry-dlq.spans");
		assertThat(letter.getData()).isEqualTo(GARBAGE);
		Headers kept = Objects.requireNonNull(letter.getHeaders());
		assertThat(kept.keySet()).containsExactlyInAnyOrder("X-Custom", "Dead-Letter-Subject", "Dead-Letter-Reason",
				"Dead-Letter-Error", "Dead-Letter-Stream", "Dead-Letter-Sequence", "Dead-Letter-Deliveries",
				"Dead-Letter-Stored", "Dead-Letter-Time", "Nats-Msg-Id", "Nats-Expected-Stream");
		assertThat(kept.get("X-Custom")).containsExactly("one", "two");
		assertThat(kept.get("Dead-Letter-Reason")).containsExactly("malformed");
		assertThat(kept.getFirst("Dead-Letter-Subject")).isEqualTo("telemetry.spans.50%25.a");
		assertThat(kept.getFirst("Dead-Letter-Error"))
			.isEqualTo("the body is neither a JSON object nor an export request of OTLP");
		assertThat(kept.getFirst("Dead-Letter-Stream")).isEqualTo("TELEMETRY");
		assertThat(kept.getFirst("Dead-Letter-Sequence")).isEqualTo("2");
		assertThat(kept.getFirst("Dead-Letter-Deliveries")).isEqualTo("1");
		assertThat(Instant.parse(kept.getFirst("Dead-Letter-Stored"))).isBeforeOrEqualTo(before);
		assertThat(Instant.parse(kept.getFirst("Dead-Letter-Time"))).isBetween(before, Instant.now());
		assertThat(kept.getFirst("Nats-Msg-Id")).startsWith("TELEMETRY.2.");
	}

	@Test
	void largeBodyIsCompressedAndReplayedAsItWas() throws Exception {
		this.scenario.createStream();
		byte[] large = OtlpSamples.largeSpan(0, MAX_PAYLOAD - 500);
		this.scenario.backend().rejectIf((span) -> true);
		this.scenario.publish("telemetry.spans.orders", large);
		OtlpBridge bridge = this.scenario.startBridge();
		MessageInfo letter = this.scenario.awaitDeadLetters(1).get(0);
		assertThat(BridgeScenario.header(letter, "Dead-Letter-Body")).isEqualTo("gzip");
		assertThat(new GZIPInputStream(new ByteArrayInputStream(letter.getData())).readAllBytes()).isEqualTo(large);
		this.scenario.backend().rejectIf((span) -> false);
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(1, 0, false));
		assertThat(this.scenario.backend().awaitSpans(1).get(0).record().getName()).hasSizeGreaterThan(1_000_000);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).deadLetters()).isEqualTo(1);
	}

	@Test
	void bodyThatDoesNotFitIsLeftInTheStreamAndSkippedByReplay() throws Exception {
		this.scenario.createStream();
		byte[] noise = new byte[MAX_PAYLOAD - 200];
		new Random(1).nextBytes(noise);
		this.scenario.publish("telemetry.spans.orders", noise);
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		OtlpBridge bridge = this.scenario.startBridge();
		MessageInfo letter = this.scenario.awaitDeadLetters(2).get(0);
		assertThat(BridgeScenario.header(letter, "Dead-Letter-Body")).isEqualTo("omitted");
		assertThat(letter.getData()).isNullOrEmpty();
		bridge.stop();
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(1, 1, false));
		assertThat(this.scenario.deadLetters()).hasSize(1);
		this.scenario.call((management) -> assertThat(management
			.getMessage(BridgeScenario.STREAM, Long.parseLong(BridgeScenario.header(letter, "Dead-Letter-Sequence")))
			.getData()).isEqualTo(noise));
	}

	@Test
	void headersThatDoNotFitAreOmitted() {
		this.scenario.createStream();
		Headers headers = new Headers().add("X-Large", "x".repeat(65_000));
		this.scenario.publish("telemetry.spans.orders", headers, GARBAGE);
		OtlpBridge bridge = this.scenario.startBridge();
		MessageInfo letter = this.scenario.awaitDeadLetters(1).get(0);
		assertThat(BridgeScenario.header(letter, "Dead-Letter-Headers")).isEqualTo("omitted");
		assertThat(letter.getData()).isEqualTo(GARBAGE);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
	}

	@Test
	void streamThatIsDeletedIsMadeAnew() {
		this.scenario.createStream();
		OtlpBridge bridge = this.scenario.startBridge();
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		this.scenario.awaitDeadLetters(1);
		this.scenario.call((management) -> management.deleteStream(BridgeScenario.DEAD_LETTERS));
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.backend().awaitSpans(1);
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement()
			.satisfies((letter) -> assertThat(BridgeScenario.header(letter, "Dead-Letter-Sequence")).isEqualTo("2"));
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).deadLetters()).isEqualTo(2);
	}

	@Test
	void goodRecordsNeedNoStreamOfDeadLetters() {
		this.scenario.createStream();
		OtlpBridge bridge = this.scenario.startBridgeOf("guest",
				(builder) -> builder.streams(StreamInitializer.NONE).batchSize(1));
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.backend().awaitSpans(1);
		Awaitility.await()
			.until(() -> String.valueOf(BridgeScenario.status(bridge, Signal.SPANS).reason()),
					(reason) -> reason.contains("dead letters can't be written to stream 'TELEMETRY_DLQ'"));
		awaitPending(1);
		this.scenario.call((management) -> management.addStream(
				StreamConfiguration.builder().name(BridgeScenario.DEAD_LETTERS).subjects("telemetry-dlq.>").build()));
		this.scenario.awaitDeadLetters(1);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		this.log.await("Dead letters are written to stream 'TELEMETRY_DLQ' again.");
		assertThat(this.log.problems()).doesNotHaveDuplicates();
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).reason()).isNull();
	}

	@Test
	void whenTheStreamIsFullThenTheRecordStaysInItsStream() {
		this.scenario.createStream();
		this.scenario.call((management) -> management.addStream(StreamConfiguration.builder()
			.name(BridgeScenario.DEAD_LETTERS)
			.subjects("telemetry-dlq.>")
			.maxMessages(1)
			.discardPolicy(DiscardPolicy.New)
			.build()));
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		OtlpBridge bridge = this.scenario.startBridge();
		this.log.await("Dead letters can't be written to stream 'TELEMETRY_DLQ'");
		awaitPending(2);
		assertThat(this.log.problems()).singleElement().asString().contains("it is full");
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).deadLetters()).isZero();
		this.scenario.call((management) -> management.purgeStream(BridgeScenario.DEAD_LETTERS));
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement()
			.satisfies((letter) -> assertThat(BridgeScenario.header(letter, "Dead-Letter-Sequence")).isEqualTo("2"));
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		this.log.await("Dead letters are written to stream 'TELEMETRY_DLQ' again.");
	}

	@Test
	void whenNatsRefusesThenTheRecordIsNotSettled() {
		this.scenario.createStream();
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		OtlpBridge bridge = this.scenario.startBridgeOf("reader", UnaryOperator.identity());
		this.log.await("The user of the connection must be allowed to publish to 'telemetry-dlq.>'");
		awaitPending(1);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).deadLetters()).isZero();
		bridge.stop();
		// It was given back, and the next bridge may.
		OtlpBridge allowed = this.scenario.startBridge();
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement()
			.satisfies((letter) -> assertThat(letter.getData()).isEqualTo(GARBAGE));
		this.scenario.awaitDrained(allowed, Signal.SPANS);
	}

	@Test
	void recordThatIsBuriedAgainAfterACrashIsKeptOnce() throws Exception {
		this.scenario.createStream();
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.streams((management) -> {
		}).deadLetters("OTHER_DLQ", Duration.ZERO, 1_000_000));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		Awaitility.await().until(() -> BridgeScenario.status(bridge, Signal.SPANS).deadLetters() == 1);
		// The same message for another durable is as much as the same one again.
		OtlpBridge second = this.scenario
			.startBridge((builder) -> builder.durable("second").deadLetters("OTHER_DLQ", Duration.ZERO, 1_000_000));
		Awaitility.await().until(() -> BridgeScenario.status(second, Signal.SPANS).deadLetters() == 1);
		this.scenario.awaitDrained(second, Signal.SPANS);
		this.scenario
			.call((management) -> assertThat(management.getStreamInfo("OTHER_DLQ").getStreamState().getMsgCount())
				.isEqualTo(1));
	}

	@Test
	void replayGoesFromTheOldestToTheLimit() throws Exception {
		this.scenario.createStream();
		this.scenario.backend().rejectIf((span) -> true);
		IntStream.range(0, 5)
			.forEach((number) -> this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(number, 1)));
		OtlpBridge bridge = this.scenario.startBridge();
		this.scenario.awaitDeadLetters(5);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		bridge.stop();
		this.scenario.backend().rejectIf((span) -> false);
		List<byte[]> buried = this.scenario.deadLetters().stream().map(MessageInfo::getData).toList();
		assertThat(bridge.replay(0)).isEqualTo(new ReplayResult(0, 0, true));
		assertThat(bridge.replay(2)).isEqualTo(new ReplayResult(2, 0, true));
		this.scenario.call((management) -> {
			assertThat(management.getMessage(BridgeScenario.STREAM, 6).getData()).isEqualTo(buried.get(0));
			assertThat(management.getMessage(BridgeScenario.STREAM, 7).getData()).isEqualTo(buried.get(1));
			MessageInfo replayed = management.getMessage(BridgeScenario.STREAM, 6);
			assertThat(replayed.getSubject()).isEqualTo("telemetry.spans.orders");
			assertThat(Objects.requireNonNull(replayed.getHeaders()).keySet()).containsExactlyInAnyOrder("Content-Type",
					"Nats-Msg-Id", "Nats-Expected-Stream");
		});
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(3, 0, false));
		assertThat(this.scenario.backend().count(Signal.SPANS)).isZero();
		bridge.start();
		this.scenario.backend().awaitSpans(5);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(5);
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(0, 0, false));
	}

	@Test
	void recordThatFailsAgainIsADeadLetterAgainAndTheReplayEnds() throws Exception {
		this.scenario.createStream();
		this.scenario.publish("telemetry.spans.orders", GARBAGE);
		OtlpBridge bridge = this.scenario.startBridge();
		this.scenario.awaitDeadLetters(1);
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(1, 0, false));
		Awaitility.await().until(() -> BridgeScenario.status(bridge, Signal.SPANS).deadLetters() == 2);
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement().satisfies((letter) -> {
			assertThat(BridgeScenario.header(letter, "Dead-Letter-Sequence")).isEqualTo("2");
			assertThat(letter.getData()).isEqualTo(GARBAGE);
		});
	}

	@Test
	void unknownSubjectsAreReplayedToo() throws Exception {
		this.scenario.createStream();
		this.scenario.publish("telemetry.traces.orders", GARBAGE);
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.durablePerSignal(false));
		MessageInfo letter = this.scenario.awaitDeadLetters(1).get(0);
		assertThat(letter.getSubject()).isEqualTo("telemetry-dlq.unknown");
		assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason")).isEqualTo("unknown_subject");
		this.scenario.publish("telemetry.other.x", GARBAGE);
		this.scenario.awaitDeadLetters(2);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		bridge.stop();
		assertThat(this.log.problems()).containsExactly("Stream 'TELEMETRY' has messages with subjects of no signal,"
				+ " such as 'telemetry.traces.orders': they become dead letters.");
		assertThat(bridge.replay(1)).isEqualTo(new ReplayResult(1, 0, true));
		this.scenario.call((management) -> assertThat(management.getMessage(BridgeScenario.STREAM, 3).getSubject())
			.isEqualTo("telemetry.traces.orders"));
	}

	private void awaitPending(int count) {
		Awaitility.await(count + " messages are fetched and not settled")
			.untilAsserted(() -> this.scenario.call((management) -> {
				ConsumerInfo spans = management.getConsumerInfo(BridgeScenario.STREAM, "otlp-bridge-spans");
				assertThat(spans.getNumAckPending()).isEqualTo(count);
				assertThat(spans.getNumPending()).isZero();
			}));
	}

}
