// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import io.nats.client.api.ConsumerInfo;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The backend is down for two minutes while telemetry goes on to come, and the bridge has
 * its defaults: nothing is lost, what is there twice is bounded and reported, no delivery
 * is spent, and what the bridge holds has a bound. For the first minute the backend
 * answers 503, for the second it refuses connections.
 */
class TwoMinuteOutageIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(TwoMinuteOutageIntegrationTests.class);

	private static final Duration HALF = Duration.ofMinutes(1);

	/** The longest wait between two tries, a fifth more, and time to catch up. */
	private static final Duration RECOVERY = Duration.ofSeconds(72 + 60);

	/** What waits for one of the four requests of a signal, and one batch before them. */
	private static final int MAX_HELD = (4 + 1) * 100;

	/** For what is held and all else that happens meanwhile. */
	private static final long MAX_GROWTH = 32L * 1024 * 1024;

	private final BridgeScenario scenario = new BridgeScenario();

	@AfterEach
	void close() {
		this.scenario.close();
	}

	@Test
	void outageOfTwoMinutesLosesNothing() {
		this.scenario.createStream();
		this.scenario.backend().countOnly();
		OtlpBridge bridge = this.scenario.startBridgeWithDefaults();
		try (TelemetryLoad load = TelemetryLoad.start(this.scenario)) {
			for (Signal signal : Signal.values()) {
				this.scenario.backend().await(signal, 500);
			}
			long heapBefore = usedHeap();
			outage();
			long growth = usedHeap() - heapBefore;
			long[] exportedBefore = exported(bridge);
			for (Signal signal : Signal.values()) {
				SignalStatus status = BridgeScenario.status(bridge, signal);
				assertThat(status.state()).isEqualTo(SignalState.RETRYING);
				assertThat(status.oldestUnexported()).isGreaterThan(HALF);
				assertThat(status.lag()).isGreaterThan(MAX_HELD);
			}
			this.scenario.backend().answerAsEver();
			this.scenario.backend().restart();
			Awaitility.await("all signals are exported again")
				.atMost(RECOVERY)
				.until(bridge::status,
						(all) -> all.stream()
							.allMatch((status) -> status.state() == SignalState.RUNNING
									&& status.exported() > exportedBefore[status.signal().ordinal()]));
			int records = load.stop();
			logger.info("{} records of each signal, and {} KiB more of heap in the outage", records, growth / 1024);
			for (Signal signal : Signal.values()) {
				assertNothingLost(bridge, signal, records);
			}
			assertThat(growth).as("growth of the heap").isLessThan(MAX_GROWTH);
			assertThat(this.scenario.deadLetters()).isEmpty();
			assertThat(this.scenario.backend().faults()).isEmpty();
		}
	}

	private void outage() {
		long start = System.nanoTime();
		this.scenario.backend().answerAll(OtlpAnswer.status(503));
		watchUntil(start + HALF.toNanos());
		this.scenario.backend().stop();
		watchUntil(start + 2 * HALF.toNanos());
	}

	/** Until then, no more is held than may be, and nothing is delivered again. */
	private void watchUntil(long end) {
		Awaitility.await("time of the outage")
			.atMost(HALF.multipliedBy(2))
			.pollInterval(Duration.ofSeconds(2))
			.until(() -> {
				for (Signal signal : Signal.values()) {
					ConsumerInfo consumer = this.scenario.consumer("otlp-bridge-" + signal.text());
					assertThat(consumer.getNumAckPending()).isLessThanOrEqualTo(MAX_HELD);
					assertThat(consumer.getRedelivered()).isZero();
				}
				return System.nanoTime() - end >= 0;
			});
	}

	private void assertNothingLost(OtlpBridge bridge, Signal signal, int records) {
		Awaitility.await("all " + signal.text() + " are there")
			.atMost(RECOVERY)
			.until(() -> this.scenario.backend().distinct(signal), (distinct) -> distinct >= records);
		this.scenario.awaitDrained(bridge, signal);
		SignalStatus status = BridgeScenario.status(bridge, signal);
		long duplicates = this.scenario.backend().count(signal) - records;
		logger.info("{} duplicates, {}", duplicates, status);
		assertThat(this.scenario.backend().distinct(signal)).isEqualTo(records);
		// Two records a message: those of requests that the outage cut off from an
		// answer.
		assertThat(duplicates).isBetween(0L, Math.min(status.retried(), 2L * MAX_HELD));
		assertThat(status.received()).isEqualTo(records);
		assertThat(status.exported()).isEqualTo(records);
		assertThat(status.redelivered()).isZero();
		assertThat(status.deadLetters()).isZero();
	}

	private static long[] exported(OtlpBridge bridge) {
		return bridge.status().stream().mapToLong(SignalStatus::exported).toArray();
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
