// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.nats.client.ConsumerContext;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.ReplayPolicy;
import io.nats.client.api.StreamConfiguration;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * The bridge copes with what others do to its stream and its consumers, says so once, and
 * goes on by itself, with a real nats-server.
 */
class BridgeStreamIntegrationTests {

	private final BridgeScenario scenario = new BridgeScenario();

	private final BridgeLog log = new BridgeLog();

	@AfterEach
	void close() {
		this.log.close();
		this.scenario.close();
	}

	@Test
	void waitsForTheStreamAndGoesOnWhenItComes() {
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.streams(StreamInitializer.NONE));
		this.log.await("stream 'TELEMETRY' is not there yet");
		SignalStatus waiting = BridgeScenario.status(bridge, Signal.LOGS);
		assertThat(waiting.state()).isEqualTo(SignalState.WAITING_FOR_STREAM);
		assertThat(waiting.reason()).contains("tracing.telemetry.stream.name");
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.backend().awaitSpans(1);
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		assertThat(this.log.problems()).hasSize(1);
	}

	@Test
	void streamThatIsDeletedIsMadeAnew() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		OtlpBridge bridge = this.scenario.startBridge();
		this.scenario.backend().awaitSpans(1);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		this.scenario.call((management) -> management.deleteStream(BridgeScenario.STREAM));
		awaitConsumer("otlp-bridge-spans");
		// The same sequence as the first of the stream before: it is another message.
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(1, 1));
		this.scenario.backend().awaitSpans(2);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).exported()).isEqualTo(2);
	}

	@Test
	void streamThatIsDeletedIsWaitedFor() {
		this.scenario.createStream();
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.streams(StreamInitializer.NONE));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		this.scenario.call((management) -> management.deleteStream(BridgeScenario.STREAM));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.WAITING_FOR_STREAM);
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.backend().awaitSpans(1);
		this.log.await("The telemetry bridge drains stream 'TELEMETRY' again");
		assertThat(this.log.problems()).doesNotHaveDuplicates();
	}

	@Test
	void consumerThatIsDeletedIsMadeAnew() {
		this.scenario.createStream();
		OtlpBridge bridge = this.scenario.startBridge();
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		this.scenario.call((management) -> management.deleteConsumer(BridgeScenario.STREAM, "otlp-bridge-spans"));
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.backend().awaitSpans(1);
		awaitConsumer("otlp-bridge-spans");
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		assertThat(this.log.problems()).singleElement()
			.asString()
			.contains("a consumer of stream 'TELEMETRY' was deleted. It is created anew");
	}

	static Stream<Arguments> incompatibleConsumers() {
		return Stream.of(arguments("it is a push consumer", explicit().deliverSubject("telemetry-push").build()),
				arguments("its ack policy is none, not explicit", durable().ackPolicy(AckPolicy.None).build()),
				arguments("it delivers 'telemetry.spans.orders', not 'telemetry.>'",
						explicit().filterSubject("telemetry.spans.orders").build()),
				arguments("its ack wait of 2s is shorter than the 3s",
						explicit().filterSubject("telemetry.>").ackWait(Duration.ofSeconds(2)).build()));
	}

	@ParameterizedTest
	@MethodSource("incompatibleConsumers")
	void consumerThatCannotBeDrainedIsNamedOnceAndGivenTimeToMend(String why, ConsumerConfiguration consumer) {
		this.scenario.createStream();
		this.scenario.call((management) -> management.addOrUpdateConsumer(BridgeScenario.STREAM, consumer));
		OtlpBridge bridge = this.scenario.startBridge();
		this.log.await(why);
		Awaitility.await()
			.until(() -> String.valueOf(BridgeScenario.status(bridge, Signal.SPANS).reason()),
					(reason) -> reason.contains("tracing.bridge.durable"));
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.call((management) -> management.deleteConsumer(BridgeScenario.STREAM, "otlp-bridge"));
		this.scenario.backend().awaitSpans(1);
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		this.log.await("The telemetry bridge drains stream 'TELEMETRY' again");
		assertThat(this.log.problems()).singleElement()
			.asString()
			.contains("'otlp-bridge'", "'TELEMETRY'", why, "Set tracing.bridge.durable to another name");
	}

	@Test
	void consumerOfOneSignalMustDeliverThatOnly() {
		this.scenario.createStream();
		this.scenario.call((management) -> management.addOrUpdateConsumer(BridgeScenario.STREAM,
				ConsumerConfiguration.builder().durable("otlp-bridge-spans").ackPolicy(AckPolicy.Explicit).build()));
		this.scenario.startBridge();
		this.log.await("it delivers all subjects, not 'telemetry.spans.>'");
	}

	@Test
	void oneDurableForAllIsThatOfThePage() {
		this.scenario.createStream();
		OtlpBridge bridge = this.scenario
			.startBridge((builder) -> builder.durablePerSignal(false).ackWait(Duration.ofSeconds(30)));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RUNNING);
		this.scenario.call((management) -> {
			assertThat(management.getConsumerNames(BridgeScenario.STREAM)).containsExactly("otlp-bridge");
			ConsumerConfiguration created = management.getConsumerInfo(BridgeScenario.STREAM, "otlp-bridge")
				.getConsumerConfiguration();
			assertThat(created.getDurable()).isEqualTo("otlp-bridge");
			assertThat(created.getFilterSubject()).isEqualTo("telemetry.>");
			assertThat(created.getAckPolicy()).isEqualTo(AckPolicy.Explicit);
			assertThat(created.getDeliverPolicy()).isEqualTo(DeliverPolicy.All);
			assertThat(created.getReplayPolicy()).isEqualTo(ReplayPolicy.Instant);
			assertThat(created.getMaxDeliver()).isEqualTo(4);
			assertThat(created.getAckWait()).isEqualTo(Duration.ofSeconds(30));
			assertThat(created.getDeliverSubject()).isNull();
		});
		this.log.await("Consumer 'otlp-bridge' delivers all signals");
	}

	@Test
	void whatAnotherBridgeHeldOrGaveBackIsTakenOver() throws Exception {
		this.scenario.createStream();
		for (int number = 0; number < 4; number++) {
			this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(number, 1));
		}
		this.scenario.call((management) -> management.addOrUpdateConsumer(BridgeScenario.STREAM,
				explicit().filterSubject("telemetry.>").maxDeliver(4).ackWait(Duration.ofSeconds(4)).build()));
		ConsumerContext other = this.scenario.connection().getConsumerContext(BridgeScenario.STREAM, "otlp-bridge");
		next(other).ackSync(Duration.ofSeconds(5));
		next(other).nakWithDelay(Duration.ofSeconds(1));
		// Held by a bridge that was killed.
		next(other);
		// Longer than that consumer's ack wait, which is not that of the bridge.
		this.scenario.backend().answer("/v1/traces", OtlpAnswer.ok().delay(Duration.ofSeconds(7)));
		OtlpHttpOptions patient = OtlpHttpOptions.builder()
			.endpoint(this.scenario.backend().url())
			.timeout(Duration.ofSeconds(20))
			.build();
		OtlpBridge bridge = this.scenario.startBridge(patient, (builder) -> builder.ackWait(Duration.ofMinutes(5)));
		assertThat(this.scenario.backend().awaitSpans(3)).extracting((span) -> span.record().getName())
			.containsExactlyInAnyOrder("span-1", "span-2", "span-3");
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(3);
		SignalStatus spans = BridgeScenario.status(bridge, Signal.SPANS);
		assertThat(spans.messages()).isEqualTo(3);
		assertThat(spans.redelivered()).isEqualTo(2);
	}

	@Test
	void whatTakesLongerThanTheAckWaitIsNotDeliveredAgain() {
		this.scenario.createStream();
		this.scenario.backend().answer("/v1/traces", OtlpAnswer.ok().delay(Duration.ofSeconds(8)));
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		OtlpHttpOptions patient = OtlpHttpOptions.builder()
			.endpoint(this.scenario.backend().url())
			.timeout(Duration.ofSeconds(20))
			.build();
		OtlpBridge bridge = this.scenario.startBridge(patient,
				(builder) -> builder.ackWait(Duration.ofSeconds(3)).maxDeliveries(1));
		this.scenario.backend().awaitRequests("/v1/traces", 200, 1);
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).messages()).isEqualTo(1);
		assertThat(BridgeScenario.status(bridge, Signal.SPANS).exported()).isEqualTo(1);
		assertThat(this.scenario.deadLetters()).isEmpty();
	}

	@Test
	void streamThatRunsFullIsWarnedOfAndWhatItDiscardsIsCounted() {
		this.scenario.call((management) -> management.addStream(StreamConfiguration.builder()
			.name(BridgeScenario.STREAM)
			.subjects("telemetry.>")
			.maxBytes(100_000)
			.build()));
		this.scenario.backend().stop();
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.batchSize(1).requestsInFlight(1));
		fill(0, 85);
		this.log.await("the oldest will be discarded");
		assertThat(this.log.problems()).anyMatch((message) -> message.matches(
				"Stream 'TELEMETRY' is 8\\d % full and 8\\d messages wait for the bridge: the oldest will be discarded."));
		fill(85, 120);
		this.log.await("that the bridge had not fetched yet");
		assertThat(this.log.problems()).anyMatch((message) -> message
			.matches("Stream 'TELEMETRY' has discarded up to \\d+ messages that the bridge had not fetched yet\\. .*"));
		this.scenario.backend().restart();
		this.scenario.awaitDrained(bridge, Signal.SPANS);
		this.log.await("Nothing waits for the bridge in stream 'TELEMETRY' that would be discarded.");
	}

	@Test
	void stopDoesNotWaitForABackendThatIsAway() {
		this.scenario.createStream();
		fill(0, 10);
		this.scenario.backend().stop();
		OtlpBridge bridge = this.scenario.startBridge((builder) -> builder.batchSize(1)
			.requestsInFlight(1)
			.ackWait(Duration.ofMinutes(5))
			.shutdownTimeout(Duration.ofMinutes(1)));
		BridgeScenario.awaitState(bridge, Signal.SPANS, SignalState.RETRYING);
		// One is under way, and the next one can't be handed on.
		Awaitility.await().until(() -> BridgeScenario.status(bridge, Signal.SPANS).messages() == 2);
		long start = System.nanoTime();
		bridge.stop();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
		this.scenario.backend().restart();
		bridge.start();
		this.scenario.backend().awaitSpans(10);
		assertThat(this.scenario.backend().count(Signal.SPANS)).isEqualTo(10);
	}

	private void fill(int first, int end) {
		for (int number = first; number < end; number++) {
			this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.largeSpan(number, 1_000));
		}
	}

	private static Message next(ConsumerContext consumer) {
		try {
			return consumer.next();
		}
		catch (InterruptedException | IOException | JetStreamApiException | JetStreamStatusCheckedException ex) {
			throw new AssertionError(ex);
		}
	}

	private void awaitConsumer(String name) {
		Awaitility.await(name).ignoreExceptions().untilAsserted(() -> this.scenario.call((management) -> {
			List<String> names = management.getConsumerNames(BridgeScenario.STREAM);
			assertThat(names).contains(name);
		}));
	}

	private static ConsumerConfiguration.Builder durable() {
		return ConsumerConfiguration.builder().durable("otlp-bridge");
	}

	private static ConsumerConfiguration.Builder explicit() {
		return durable().ackPolicy(AckPolicy.Explicit);
	}

}
