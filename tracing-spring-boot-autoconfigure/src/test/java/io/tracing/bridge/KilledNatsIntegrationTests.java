// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.PublishOptions;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A nats-server that is killed, and started again with what it had written, loses nothing
 * that it had confirmed. What it delivers again because it did not hear of its end, or
 * forgot, is not exported again.
 */
class KilledNatsIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(KilledNatsIntegrationTests.class);

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final Duration ACK_WAIT = Duration.ofSeconds(3);

	private static final int KILLS = 4;

	private static final int BETWEEN_KILLS = 500;

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
	void serverThatIsKilledWhilePublishingAndDraining() throws Exception {
		OtlpBridge bridge = this.scenario.startBridge();
		CountDownLatch enough = new CountDownLatch(1);
		CompletableFuture<Integer> publisher = CompletableFuture.supplyAsync(() -> publishUntil(enough));
		for (int kill = 0; kill < KILLS; kill++) {
			long before = this.scenario.backend().distinct(Signal.SPANS);
			this.scenario.backend().await(Signal.SPANS, (int) before + BETWEEN_KILLS);
			this.scenario.nats().kill();
			this.scenario.nats().restart();
		}
		enough.countDown();
		int records = publisher.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		this.scenario.backend().await(Signal.SPANS, records);
		this.scenario.awaitDrained("otlp-bridge-spans");
		SignalStatus status = BridgeScenario.status(bridge, Signal.SPANS);
		long duplicates = this.scenario.backend().count(Signal.SPANS) - records;
		logger.info("{} records, {} duplicates, {}", records, duplicates, status);
		assertThat(this.scenario.backend().distinct(Signal.SPANS)).isEqualTo(records);
		assertThat(duplicates).isZero();
		assertThat(status.exported()).isEqualTo(records);
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	/** Each message until the stream has it, and with its id, so that it has it once. */
	@SuppressWarnings("try") // The connection's close() can be interrupted.
	private int publishUntil(CountDownLatch enough) {
		int number = 0;
		try (Connection connection = this.scenario.nats().connect()) {
			JetStream stream = connection
				.jetStream(JetStreamOptions.builder().requestTimeout(Duration.ofMillis(500)).build());
			while (enough.getCount() > 0) {
				PublishOptions options = PublishOptions.builder().messageId("message-" + number).build();
				try {
					stream.publish("telemetry.spans.svc.r1", OtlpSamples.spanRecord(number), options);
					number++;
				}
				catch (IOException | JetStreamApiException | IllegalStateException ex) {
					logger.debug("Message {} is published again", number, ex);
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
		return number;
	}

	@Test
	void whatIsHeldSurvivesAnOutageOfNatsThatIsLongerThanTheAckWait() {
		this.scenario.backend().answerAll(OtlpAnswer.status(503));
		publish(30);
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.batchSize(10));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RETRYING);
		Awaitility.await("all are held")
			.atMost(LIMIT)
			.until(() -> this.scenario.consumer("otlp-bridge-spans").getNumAckPending() == 30);
		this.scenario.nats().kill();
		long killed = System.nanoTime();
		Awaitility.await("the ack wait is over")
			.atMost(LIMIT)
			.until(() -> System.nanoTime() - killed > ACK_WAIT.plusSeconds(1).toNanos());
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).state()).isEqualTo(SignalState.WAITING_FOR_STREAM);
		this.scenario.nats().restart();
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RETRYING);
		this.scenario.backend().answerAsEver();
		this.scenario.backend().awaitSpans(30);
		this.scenario.awaitDrained("otlp-bridge-spans");
		logger.info("{}", BridgeScenario.status(bridge, Signal.SPANS));
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(30);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).exported()).isEqualTo(30);
	}

	@Test
	void whatWasExportedWhileNobodyCouldBeToldIsNotExportedAgain() {
		CountDownLatch killed = new CountDownLatch(1);
		this.scenario.backend().answerBy((request) -> {
			await(killed);
			return OtlpAnswer.ok();
		});
		publish(30);
		// What is said without a connection is lost at once, and not said later.
		OtlpBridge bridge = this.scenario.start(this.scenario.nats().options().reconnectBufferSize(0),
				OtlpHttpOptions.builder().endpoint(this.scenario.backend().url()).build(),
				(builder) -> BridgeScenario.impatient(builder).batchSize(10));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		Awaitility.await("all are held")
			.atMost(LIMIT)
			.until(() -> this.scenario.consumer("otlp-bridge-spans").getNumAckPending() == 30);
		this.scenario.nats().kill();
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.WAITING_FOR_STREAM);
		killed.countDown();
		this.scenario.backend().awaitSpans(30);
		Awaitility.await("the bridge has the answers")
			.atMost(LIMIT)
			.until(() -> BridgeScenario.status(bridge, Signal.SPANS).exported() == 30);
		this.scenario.nats().restart();
		this.scenario.awaitDrained("otlp-bridge-spans");
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(30);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).redelivered()).isEqualTo(30);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).exported()).isEqualTo(30);
	}

	private void publish(int count) {
		for (int number = 0; number < count; number++) {
			this.scenario.publish("telemetry.spans.svc.r1", OtlpSamples.spanRecord(number));
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
