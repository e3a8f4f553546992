// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.file.Path;
import java.time.Duration;

import io.nats.client.ConsumerContext;
import io.nats.client.Subscription;
import io.nats.client.api.MessageInfo;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bridge that is killed loses nothing: what it had exported and not acknowledged comes
 * once more, and what kills every bridge ends as a dead letter.
 */
class KilledBridgeIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final Duration ACK_WAIT = Duration.ofSeconds(3);

	private static final int RECORDS = 100;

	private static final int BATCH_SIZE = 10;

	private static final int IN_FLIGHT = 4 * BATCH_SIZE;

	private static final int MAX_DELIVERIES = 4;

	@TempDir
	private Path directory;

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
	void killedBetweenExportAndAcknowledgement() {
		publish(RECORDS);
		this.scenario.backend().answerAll(OtlpAnswer.ok().delay(Duration.ofMinutes(5)));
		try (BridgeProcess first = BridgeProcess.start(this.scenario, this.directory, BATCH_SIZE, MAX_DELIVERIES)) {
			awaitSpans(IN_FLIGHT, first);
			first.kill();
		}
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(IN_FLIGHT);
		this.scenario.backend().answerAsEver();
		OtlpBridge second = this.scenario.startBridge((builder) -> builder.batchSize(BATCH_SIZE));
		this.scenario.backend().awaitSpans(RECORDS);
		this.scenario.awaitDrained("otlp-bridge-spans");
		long duplicates = this.scenario.backend().count(Signal.SPANS) - RECORDS;
		assertThat(duplicates).isEqualTo(IN_FLIGHT);
		SignalStatus status = BridgeScenario.status(second, Signal.SPANS);
		assertThat(status.exported()).isEqualTo(RECORDS);
		// Reported are those, and the batch that waited for its turn.
		assertThat(status.redelivered()).isBetween(duplicates, duplicates + BATCH_SIZE);
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	@Test
	void messageThatKillsEveryBridgeIsADeadLetterAlsoIfNobodyWasThereWhenTheServerGaveItUp() throws Exception {
		Subscription advisories = this.scenario.connection()
			.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + BridgeScenario.STREAM + ".*");
		killAsOftenAsItMayBeDelivered(MAX_DELIVERIES);
		// The server gives a message up when somebody fetches, here one who does not
		// listen.
		ConsumerContext durable = this.scenario.connection()
			.getConsumerContext(BridgeScenario.STREAM, "otlp-bridge-spans");
		assertThat(durable.next(ACK_WAIT.plusSeconds(2))).isNull();
		assertThat(advisories.nextMessage(LIMIT)).as("advisory").isNotNull();
		assertThat(this.scenario.deadLetters()).isEmpty();
		assertIsDeadLetter(this.scenario.startBridge());
	}

	@Test
	void messageThatKillsEveryBridgeIsADeadLetterOfTheNext() throws Exception {
		killAsOftenAsItMayBeDelivered(1);
		assertIsDeadLetter(this.scenario.startBridge());
	}

	private void killAsOftenAsItMayBeDelivered(int maxDeliveries) {
		publish(1);
		this.scenario.backend().answerAll(OtlpAnswer.hang());
		for (int delivery = 1; delivery <= maxDeliveries; delivery++) {
			try (BridgeProcess bridge = BridgeProcess.start(this.scenario, this.directory, BATCH_SIZE, maxDeliveries)) {
				awaitRequests(delivery, bridge);
				bridge.kill();
			}
		}
	}

	private void assertIsDeadLetter(OtlpBridge bridge) throws Exception {
		MessageInfo letter = this.scenario.awaitDeadLetters(1).get(0);
		assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason")).isEqualTo("max_deliveries");
		assertThat(BridgeScenario.header(letter, "Dead-Letter-Subject")).isEqualTo("telemetry.spans.svc.r1");
		assertThat(letter.getData()).isEqualTo(OtlpSamples.spanRecord(0));
		Awaitility.await("it is counted")
			.atMost(LIMIT)
			.until(() -> BridgeScenario.status(bridge, Signal.SPANS).deadLettered(),
					(counts) -> counts.get(DeadLetterReason.MAX_DELIVERIES) == 1);
		this.scenario.awaitDrained("otlp-bridge-spans");
		this.scenario.backend().answerAsEver();
		assertThat(bridge.replay(10)).isEqualTo(new ReplayResult(1, 0, false));
		this.scenario.backend().awaitSpans(1);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isOne();
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	private void publish(int count) {
		for (int number = 0; number < count; number++) {
			this.scenario.publish("telemetry.spans.svc.r1", OtlpSamples.spanRecord(number));
		}
	}

	private void awaitSpans(int count, BridgeProcess bridge) {
		Awaitility.await(count + " spans")
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(this.scenario.backend().distinct(Signal.SPANS)).as(bridge.output())
				.isEqualTo(count));
	}

	private void awaitRequests(int count, BridgeProcess bridge) {
		Awaitility.await(count + " requests without an answer")
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(this.scenario.backend().requests("/v1/traces", 0)).as(bridge.output())
				.isEqualTo(count));
	}

}
