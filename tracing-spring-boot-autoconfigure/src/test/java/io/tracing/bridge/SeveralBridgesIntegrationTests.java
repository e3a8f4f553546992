// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;

import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import io.tracing.testing.OtlpReceiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bridges on one durable share the work, bridges on different ones do all of it.
 */
class SeveralBridgesIntegrationTests {

	private static final int RECORDS = 2_000;

	private final BridgeScenario scenario = new BridgeScenario();

	@AfterEach
	void close() {
		this.scenario.close();
	}

	@Test
	void bridgesOnOneDurableShareTheWork() {
		this.scenario.createStream();
		// Slow enough that one alone would not be done before the other has begun.
		this.scenario.backend().answerAll(OtlpAnswer.ok().delay(Duration.ofMillis(100)));
		OtlpBridge first = this.scenario.startBridge((builder) -> builder.batchSize(20));
		OtlpBridge second = this.scenario.startBridge((builder) -> builder.batchSize(20));
		BridgeScenario.awaitState(first, Signal.SPANS, SignalState.RUNNING);
		BridgeScenario.awaitState(second, Signal.SPANS, SignalState.RUNNING);
		publish();
		for (Signal signal : Signal.values()) {
			this.scenario.backend().await(signal, RECORDS);
			this.scenario.awaitDrained(first, signal);
			assertThat(this.scenario.backend().count(signal)).isEqualTo(RECORDS);
			long byFirst = BridgeScenario.status(first, signal).exported();
			long bySecond = BridgeScenario.status(second, signal).exported();
			assertThat(byFirst).isPositive();
			assertThat(bySecond).isPositive();
			assertThat(byFirst + bySecond).isEqualTo(RECORDS);
		}
	}

	@Test
	void bridgesOnDifferentDurablesGetEverythingEach() {
		this.scenario.createStream();
		publish();
		try (OtlpReceiver other = OtlpReceiver.start()) {
			this.scenario.startBridge();
			OtlpBridge second = this.scenario.startBridge(OtlpHttpOptions.builder().endpoint(other.url()).build(),
					(builder) -> builder.durable("archive"));
			for (Signal signal : Signal.values()) {
				this.scenario.backend().await(signal, RECORDS);
				other.await(signal, RECORDS);
				this.scenario.awaitDrained(second, signal);
				assertThat(BridgeScenario.status(second, signal).durable()).isEqualTo("archive-" + signal.text());
				assertThat(this.scenario.backend().count(signal)).isEqualTo(RECORDS);
				assertThat(other.count(signal)).isEqualTo(RECORDS);
			}
			second.close();
		}
	}

	private void publish() {
		for (Signal signal : Signal.values()) {
			for (int number = 0; number < RECORDS; number += 5) {
				this.scenario.publishOtlp(signal, OtlpSamples.request(signal, number, 4));
				this.scenario.publish(signal.subjectPrefix() + "svc", OtlpSamples.record(signal, number + 4));
			}
		}
	}

}
