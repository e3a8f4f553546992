// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is published to the stream arrives at a strict backend, each record once, with a
 * real nats-server between them.
 */
class OtlpBridgeIntegrationTests {

	private final BridgeScenario scenario = new BridgeScenario();

	@AfterEach
	void close() {
		this.scenario.close();
	}

	@Test
	void eachSignalGoesToItsPathUnchanged() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 3));
		this.scenario.publishOtlp(Signal.LOGS, OtlpSamples.logs(0, 2));
		this.scenario.publishOtlp(Signal.METRICS, OtlpSamples.metrics(0, 4));
		OtlpBridge bridge = this.scenario.startBridge();
		assertThat(this.scenario.backend().awaitSpans(3)).extracting((span) -> span.record().getName())
			.containsExactly("span-0", "span-1", "span-2");
		assertThat(this.scenario.backend().awaitSpans(3).get(1).record()).isEqualTo(OtlpSamples.span(1));
		this.scenario.backend().awaitLogRecords(2);
		this.scenario.backend().awaitMetrics(4);
		for (Signal signal : Signal.values()) {
			this.scenario.awaitDrained(bridge, signal);
		}
		SignalStatus spans = BridgeScenario.status(bridge, Signal.SPANS);
		assertThat(spans.received()).isEqualTo(3);
		assertThat(spans.exported()).isEqualTo(3);
		assertThat(spans.messages()).isEqualTo(1);
		assertThat(spans.redelivered() + spans.rejected() + spans.retried() + spans.deadLetters()).isZero();
		assertThat(spans.lastSuccess()).isNotNull();
		assertThat(this.scenario.backend().faults()).isEmpty();
	}

	@Test
	void messagesThatWaitTogetherGoInOneRequest() {
		this.scenario.createStream();
		for (int i = 0; i < 100; i++) {
			this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(i, 1));
		}
		this.scenario.startBridge();
		this.scenario.backend().awaitSpans(100);
		assertThat(this.scenario.backend().requests("/v1/traces", 200)).isEqualTo(1);
	}

	@Test
	void formatsMayBeMixedInOneBatch() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 2));
		this.scenario.publish("telemetry.spans.dagnats-engine.r1", OtlpSamples.spanRecord(2));
		this.scenario.publish("telemetry.spans.svc.r1", """
				{"traceId":"B4qR+Un+WDzm5t/zFlxchg==", "spanId":"MdL4UO05pmk=", "name":"op2", "status":{}}"""
			.getBytes(StandardCharsets.UTF_8));
		this.scenario.publish("telemetry.spans.svc", "garbage".getBytes(StandardCharsets.UTF_8));
		OtlpBridge bridge = this.scenario.startBridge();
		assertThat(this.scenario.backend().awaitSpans(4)).extracting((span) -> span.record().getName())
			.containsExactlyInAnyOrder("span-0", "span-1", "span-2", "op2");
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement().satisfies((letter) -> {
			assertThat(letter.getSubject()).isEqualTo("telemetry-dlq.spans");
			assertThat(letter.getData()).isEqualTo("garbage".getBytes(StandardCharsets.UTF_8));
			assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason")).isEqualTo("malformed");
			assertThat(BridgeScenario.header(letter, "Dead-Letter-Subject")).isEqualTo("telemetry.spans.svc");
		});
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).deadLettered()).containsEntry(DeadLetterReason.MALFORMED,
				1L);
	}

	@Test
	void oneBadRecordCostsNoGoodOne() {
		this.scenario.createStream();
		this.scenario.backend().rejectIf((span) -> span.getName().equals("span-77"));
		for (int i = 0; i < 10; i++) {
			this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(i * 10, 10));
		}
		OtlpBridge bridge = this.scenario.startBridge();
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement()
			.satisfies((letter) -> assertThat(letter.getData()).isEqualTo(OtlpSamples.spans(77, 1)));
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(99);
		assertThat(this.scenario.backend().distinct(Signal.SPANS)).isEqualTo(99);
	}

	@Test
	void backendThatFailsWhileABadRecordIsLookedForCostsNoGoodOne() {
		this.scenario.createStream();
		this.scenario.backend().rejectIf((span) -> span.getName().equals("span-3"));
		AtomicInteger requests = new AtomicInteger();
		this.scenario.backend()
			.answerBy((request) -> (requests.incrementAndGet() % 2 == 0) ? OtlpAnswer.status(500) : null);
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 8));
		OtlpBridge bridge = this.scenario.startBridge();
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement().satisfies((letter) -> {
			assertThat(letter.getData()).isEqualTo(OtlpSamples.spans(3, 1));
			assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason")).isEqualTo("rejected");
		});
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(this.scenario.deadLetters()).hasSize(1);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(7);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).exported()).isEqualTo(7);
	}

	@Test
	void outageOfOneSignalDoesNotHoldUpTheOthers() {
		this.scenario.createStream();
		this.scenario.backend().answer("/v1/logs", OtlpAnswer.status(503), OtlpAnswer.status(404));
		this.scenario.publishOtlp(Signal.LOGS, OtlpSamples.logs(0, 1));
		OtlpBridge bridge = this.scenario.startBridge();
		this.scenario.backend().awaitRequests("/v1/logs", 404, 1);
		BridgeScenario.awaitState(bridge, Signal.LOGS, SignalState.PAUSED);
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.backend().awaitSpans(1);
		this.scenario.backend().awaitLogRecords(1);
		this.scenario.awaitDrained(bridge, Signal.LOGS);
		assertThat(BridgeScenario.status(bridge, Signal.LOGS).retried()).isEqualTo(2);
		assertThat(BridgeScenario.status(bridge, Signal.LOGS).state()).isEqualTo(SignalState.RUNNING);
	}

	@Test
	void signalThatIsNotDrainedStaysForAnotherBridge() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.publishOtlp(Signal.LOGS, OtlpSamples.logs(0, 1));
		OtlpBridge spans = this.scenario.startBridge((builder) -> builder.signals(Set.of(Signal.SPANS)));
		this.scenario.backend().awaitSpans(1);
		this.scenario.awaitDrained(spans, Signal.SPANS);
		assertThat(spans.status()).extracting(SignalStatus::signal).containsExactly(Signal.SPANS);
		this.scenario.call((management) -> assertThat(management.getConsumerNames(BridgeScenario.STREAM))
			.containsExactly("otlp-bridge-spans"));
		assertThat(this.scenario.backend().requests("/v1/logs")).isZero();
		this.scenario.startBridge((builder) -> builder.signals(Set.of(Signal.LOGS)));
		this.scenario.backend().awaitLogRecords(1);
	}

	@Test
	void outageConsumesNoDeliveries() {
		this.scenario.createStream();
		this.scenario.backend().stop();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 5));
		// A tenth of the default: the outage lasts longer than all deliveries would.
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.maxDeliveries(1));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RETRYING);
		long start = System.nanoTime();
		org.awaitility.Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> System.nanoTime() - start > Duration.ofSeconds(8).toNanos());
		this.scenario.backend().restart();
		this.scenario.backend().awaitSpans(5);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).redelivered()).isZero();
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(5);
	}

	@Test
	void durableOfTheGoBridgeIsTakenOverWhereItStands() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(1, 1));
		this.scenario.call((management) -> {
			management.addOrUpdateConsumer(BridgeScenario.STREAM,
					ConsumerConfiguration.builder()
						.durable("otlp-bridge")
						.filterSubject("telemetry.>")
						.ackPolicy(AckPolicy.Explicit)
						.deliverPolicy(DeliverPolicy.All)
						.maxDeliver(4)
						.ackWait(Duration.ofSeconds(30))
						.build());
		});
		this.scenario.call((management) -> {
			var first = this.scenario.connection().getConsumerContext(BridgeScenario.STREAM, "otlp-bridge");
			try {
				first.next().ackSync(Duration.ofSeconds(5));
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		});
		OtlpBridge bridge = this.scenario.startBridge();
		assertThat(this.scenario.backend().awaitSpans(1)).singleElement()
			.satisfies((span) -> assertThat(span.record().getName()).isEqualTo("span-1"));
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).durable()).isEqualTo("otlp-bridge");
		this.scenario.publish("telemetry.other.x", new byte[] { 1 });
		assertThat(this.scenario.awaitDeadLetters(1)).singleElement()
			.satisfies((letter) -> assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason"))
				.isEqualTo("unknown_subject"));
	}

	@Test
	void stoppedBridgeGivesBackWhatItHolds() {
		this.scenario.createStream();
		this.scenario.backend().answerAll(OtlpAnswer.status(503));
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		OtlpBridge first = this.scenario.startBridge((builder) -> builder.ackWait(Duration.ofMinutes(5)));
		BridgeScenario.awaitState(first, Signal.SPANS, SignalState.RETRYING);
		first.stop();
		this.scenario.backend().answerAsEver();
		this.scenario.startBridge();
		this.scenario.backend().awaitSpans(1);
	}

	@Test
	void deadLettersAreReplayed() throws Exception {
		this.scenario.createStream();
		this.scenario.backend().rejectIf((span) -> true);
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 3));
		OtlpBridge bridge = this.scenario.startBridge();
		this.scenario.awaitDeadLetters(3);
		this.scenario.backend().rejectIf((span) -> false);
		assertThat(bridge.replay(2)).isEqualTo(new ReplayResult(2, 0, true));
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(1, 0, false));
		this.scenario.backend().awaitSpans(3);
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

}
