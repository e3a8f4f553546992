// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stop finishes what is under way, gives back the rest, never hangs and leaves no
 * thread behind. The server waits for minutes before it delivers again: what another
 * bridge gets soon was given back.
 */
class BridgeStopIntegrationTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Duration QUICK = Duration.ofSeconds(8);

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final BridgeScenario scenario = new BridgeScenario();

	@BeforeEach
	void createStream() {
		this.scenario.createStream();
	}

	@AfterEach
	void close() {
		this.scenario.close();
	}

	@Test
	void whatIsUnderWayIsFinished() {
		this.scenario.backend().answerAll(OtlpAnswer.ok().delay(Duration.ofSeconds(1)));
		publish(0, 50);
		OtlpBridge bridge = start();
		// Taken, and not answered yet.
		this.scenario.backend().awaitSpans(50);
		bridge.stop();
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).exported()).isEqualTo(50);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(50);
		assertThat(pending() + this.scenario.consumer("otlp-bridge-spans").getNumPending()).isZero();
		awaitNoThreads((name) -> !name.endsWith("-http"));
	}

	@Test
	void whatIsNotDoneInTimeIsGivenBack() {
		this.scenario.backend().answerAll(OtlpAnswer.hang());
		publish(0, 50);
		OtlpBridge bridge = this.scenario.start(this.scenario.nats().options(),
				OtlpHttpOptions.builder().endpoint(this.scenario.backend().url()).timeout(LONG).build(),
				(builder) -> BridgeScenario.impatient(builder).ackWait(LONG).shutdownTimeout(Duration.ofSeconds(1)));
		this.scenario.backend().awaitRequests("/v1/traces", 0, 1);
		assertThat(stop(bridge)).isBetween(Duration.ofSeconds(1), QUICK);
		awaitNoThreads((name) -> !name.endsWith("-http"));
		assertGivenBack(50);
	}

	/** All requests that may be under way are, and the next batch waits behind them. */
	@Test
	void stopInAnOutageDoesNotWaitForItsEnd() {
		this.scenario.backend().answerAll(OtlpAnswer.status(503).header("Retry-After", "300"));
		publish(0, 100);
		OtlpBridge bridge = this.scenario
			.startBridge((builder) -> builder.batchSize(10).ackWait(LONG).shutdownTimeout(LONG));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RETRYING);
		Awaitility.await("no more is fetched").atMost(LIMIT).until(() -> pending() == 50);
		assertThat(stop(bridge)).isLessThan(QUICK);
		awaitNoThreads((name) -> !name.endsWith("-http"));
		assertGivenBack(100);
	}

	@Test
	void pausedBridgeStops() {
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.ackWait(LONG).shutdownTimeout(LONG));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		bridge.pause();
		publish(0, 50);
		// A fetch that was under way may bring some.
		Awaitility.await().atMost(LIMIT).until(() -> pending() == 50 || pending() == 0);
		assertThat(stop(bridge)).isLessThan(QUICK);
		awaitNoThreads((name) -> !name.endsWith("-http"));
		assertThat(this.scenario.backend().count(Signal.SPANS)).isZero();
		assertGivenBack(50);
	}

	@Test
	void stoppedAgainAndAgainItExportsEachRecordOnce() {
		int records = 6_000;
		publish(0, records);
		this.scenario.backend().answerAll(OtlpAnswer.ok().delay(Duration.ofMillis(50)));
		OtlpBridge bridge = start();
		for (long done = 0; done < records; done = this.scenario.backend().distinct(Signal.SPANS)) {
			bridge.start();
			this.scenario.backend().await(Signal.SPANS, (int) done + 1);
			bridge.stop();
		}
		bridge.start();
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		this.scenario.awaitDrained("otlp-bridge-spans");
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(records);
		bridge.close();
		awaitNoThreads((name) -> true);
	}

	@Test
	void stopWithoutNatsDoesNotHang() {
		this.scenario.backend().answerAll(OtlpAnswer.status(503));
		publish(0, 50);
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.ackWait(LONG)
			.shutdownTimeout(LONG)
			// Between two tries to reach NATS.
			.backoff(LONG, LONG));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RETRYING);
		this.scenario.nats().kill();
		BridgeScenario.awaitState(bridge, Signal.LOGS, SignalState.WAITING_FOR_STREAM);
		assertThat(stop(bridge)).isLessThan(QUICK);
		bridge.start();
		assertThat(stop(bridge)).isLessThan(QUICK);
		awaitNoThreads((name) -> !name.endsWith("-http"));
		this.scenario.nats().restart();
		this.scenario.backend().answerAsEver();
		bridge.start();
		this.scenario.backend().awaitSpans(50);
	}

	private OtlpBridge start() {
		return this.scenario.startBridge((builder) -> builder.ackWait(LONG));
	}

	private void publish(int first, int count) {
		for (int number = first; number < first + count; number++) {
			this.scenario.publish("telemetry.spans.svc.r1", OtlpSamples.spanRecord(number));
		}
	}

	private long pending() {
		return this.scenario.consumer("otlp-bridge-spans").getNumAckPending();
	}

	private static Duration stop(OtlpBridge bridge) {
		long start = System.nanoTime();
		bridge.stop();
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private void assertGivenBack(int records) {
		this.scenario.backend().answerAsEver();
		start();
		this.scenario.backend().awaitSpans(records);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(records);
	}

	private static void awaitNoThreads(Predicate<String> names) {
		Awaitility.await("no thread is left").atMost(LIMIT).untilAsserted(() -> {
			List<String> left = Thread.getAllStackTraces()
				.keySet()
				.stream()
				.map(Thread::getName)
				.filter((name) -> name.startsWith("tracing-bridge") || name.startsWith("tracing-otlp-bridge"))
				.filter(names)
				.toList();
			assertThat(left).isEmpty();
		});
	}

}
