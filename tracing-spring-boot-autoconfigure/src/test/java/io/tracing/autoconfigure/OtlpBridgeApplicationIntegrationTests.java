// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.bridge.SignalState;
import io.tracing.testing.NatsServer;
import io.tracing.testing.OtlpAnswer;
import io.tracing.testing.OtlpReceiver;
import io.tracing.testing.Received;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static io.tracing.autoconfigure.OtlpBridgeContext.publishSpan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What an application with a bridge shows of it, and what can be done with it. NATS and
 * the backend are real.
 */
class OtlpBridgeApplicationIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final NatsServer nats = NatsServer.start();

	private final OtlpReceiver backend = OtlpReceiver.start();

	private final ApplicationContextRunner application = OtlpBridgeContext.of(this.nats, this.backend.url());

	@AfterEach
	void close() {
		this.backend.close();
		this.nats.close();
	}

	@Test
	void whatGetsThroughIsShown() {
		this.application.run((context) -> {
			awaitRunning(context);
			publishSpan(this.nats, "pay");
			this.backend.awaitSpans(1);
			await().atMost(LIMIT).until(() -> spans(context).exported() == 1 && spans(context).pending() == 0);
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("spans", "logs", "metrics");
			assertThat(details(health)).containsEntry("status", "UP")
				.containsEntry("state", SignalState.RUNNING)
				.containsEntry("exported", 1L)
				.containsEntry("lag", 0L)
				.containsEntry("pending", 0L)
				.containsEntry("deadLetters", 0L)
				.containsEntry("oldestUnexported", Duration.ZERO)
				.containsKey("lastSuccess")
				.doesNotContainKey("reason");
			OtlpBridgeEndpoint.SignalDescriptor shown = spans(context);
			assertThat(shown.durable()).isEqualTo("otlp-bridge-spans");
			assertThat(shown.received()).isEqualTo(1);
			assertThat(shown.deadLettered()).isEmpty();
			assertThat(this.backend.faults()).isEmpty();
		});
	}

	@Test
	void metersCountWhatBecameOfEachRecord() {
		this.backend.rejectIf((span) -> span.getName().equals("bad"));
		this.application.run((context) -> {
			assertThat(gauge(context, "last.success")).isNaN();
			awaitRunning(context);
			publishSpan(this.nats, "good");
			publishSpan(this.nats, "bad");
			await().atMost(LIMIT).until(() -> counter(context, "dead.lettered", "reason", "rejected") == 1);
			await().atMost(LIMIT).until(() -> gauge(context, "lag") == 0 && gauge(context, "pending") == 0);
			assertThat(counter(context, "received")).isEqualTo(2);
			assertThat(counter(context, "exported")).isEqualTo(1);
			assertThat(counter(context, "rejected")).isZero();
			assertThat(counter(context, "redelivered")).isZero();
			assertThat(counter(context, "dead.lettered", "reason", "failed")).isZero();
			assertThat(gauge(context, "oldest.unexported")).isZero();
			assertThat(gauge(context, "last.success")).isBetween(0.0, LIMIT.toMillis() / 1e3);
			assertThat(spans(context).deadLettered()).containsExactly(Map.entry("rejected", 1L));
			assertThat(context.getBean(MeterRegistry.class)
				.find("tracing.bridge.exported")
				.functionCounters()
				.stream()
				.map((counter) -> counter.getId().getTag("signal")))
				.containsExactlyInAnyOrder("spans", "logs", "metrics");
		});
	}

	@Test
	void pausedItExportsNothingUntilItIsResumed() {
		this.application.run((context) -> {
			awaitRunning(context);
			OtlpBridgeEndpoint endpoint = context.getBean(OtlpBridgeEndpoint.class);
			assertThat(endpoint.control(OtlpBridgeEndpoint.Command.PAUSE, null).signals().values())
				.extracting(OtlpBridgeEndpoint.SignalDescriptor::state)
				.containsOnly(SignalState.HALTED);
			publishSpan(this.nats, "late");
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			await().atMost(LIMIT).until(() -> spans(context).lag() + spans(context).pending() == 1);
			assertThat(this.backend.spans()).isEmpty();
			assertThat(endpoint.control(OtlpBridgeEndpoint.Command.RESUME, null).signals().values())
				.extracting(OtlpBridgeEndpoint.SignalDescriptor::state)
				.containsOnly(SignalState.RUNNING);
			this.backend.awaitSpans(1);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void deadLettersAreReplayedAsManyAsAskedFor() {
		Predicate<Span> bad = (span) -> span.getName().startsWith("bad");
		this.backend.rejectIf(bad);
		this.application.run((context) -> {
			awaitRunning(context);
			OtlpBridgeEndpoint endpoint = context.getBean(OtlpBridgeEndpoint.class);
			for (String name : List.of("bad-1", "bad-2", "bad-3")) {
				publishSpan(this.nats, name);
			}
			await().atMost(LIMIT).until(() -> spans(context).deadLettered().getOrDefault("rejected", 0L) == 3);
			this.backend.rejectIf(bad.negate());
			assertThat(endpoint.control(OtlpBridgeEndpoint.Command.REPLAY, 2).replay())
				.isEqualTo(new OtlpBridgeEndpoint.ReplayDescriptor(2, 0, true));
			this.backend.awaitSpans(2);
			assertThat(endpoint.control(OtlpBridgeEndpoint.Command.REPLAY, null).replay())
				.isEqualTo(new OtlpBridgeEndpoint.ReplayDescriptor(1, 0, false));
			assertThat(this.backend.awaitSpans(3)).extracting(Received::record)
				.extracting(Span::getName)
				.containsExactlyInAnyOrder("bad-1", "bad-2", "bad-3");
			assertThat(endpoint.control(OtlpBridgeEndpoint.Command.REPLAY, null).replay())
				.isEqualTo(new OtlpBridgeEndpoint.ReplayDescriptor(0, 0, false));
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> endpoint.control(OtlpBridgeEndpoint.Command.REPLAY, 0))
				.withMessageContaining("limit=0");
		});
	}

	@Test
	void healthIsDownWhileTheBackendRefuses() {
		this.backend.answerAll(OtlpAnswer.status(401));
		this.application.run((context) -> {
			publishSpanWhenThereIsAStream(context);
			await().atMost(LIMIT).until(() -> spans(context).state() == SignalState.PAUSED);
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(details(health)).containsEntry("status", "DOWN").containsEntry("state", SignalState.PAUSED);
			assertThat(details(health).get("reason")).asString().contains("answered 401", "tracing.bridge.headers");
			this.backend.answerAsEver();
			this.backend.awaitSpans(1);
			await().atMost(LIMIT).until(() -> health(context).getStatus().equals(Status.UP));
		});
	}

	@Test
	void outageIsHealthyUntilRecordsAreTooOld() {
		this.backend.stop();
		this.application.withPropertyValues("tracing.bridge.health.max-age=3s").run((context) -> {
			publishSpanWhenThereIsAStream(context);
			await().atMost(LIMIT).until(() -> spans(context).state() == SignalState.RETRYING);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			await().atMost(LIMIT).until(() -> health(context).getStatus().equals(Status.DOWN));
			assertThat(gauge(context, "oldest.unexported")).isGreaterThan(3);
			this.backend.restart();
			this.backend.awaitSpans(1);
			await().atMost(LIMIT).until(() -> health(context).getStatus().equals(Status.UP));
			assertThat(counter(context, "redelivered")).as("deliveries used up by the outage").isZero();
		});
	}

	@Test
	void stopDoesNotWaitForABackendThatHangs() {
		this.backend.answerAll(OtlpAnswer.hang());
		long[] stopping = new long[1];
		this.application.withPropertyValues("tracing.bridge.shutdown-timeout=500ms").run((context) -> {
			publishSpanWhenThereIsAStream(context);
			await().atMost(LIMIT).until(() -> spans(context).pending() == 1);
			stopping[0] = System.nanoTime();
		});
		assertThat(Duration.ofNanos(System.nanoTime() - stopping[0])).isLessThan(Duration.ofSeconds(5));
		this.backend.answerAsEver();
		this.application.run((context) -> this.backend.awaitSpans(1));
	}

	private void publishSpanWhenThereIsAStream(ApplicationContext context) {
		awaitRunning(context);
		publishSpan(this.nats, "pay");
	}

	/** Each signal has a consumer of its own, and one can be there before another. */
	private static void awaitRunning(ApplicationContext context) {
		await().atMost(LIMIT)
			.until(() -> context.getBean(OtlpBridgeEndpoint.class).bridge().signals().values(),
					(signals) -> signals.stream().allMatch((signal) -> signal.state() == SignalState.RUNNING));
	}

	private static OtlpBridgeEndpoint.SignalDescriptor spans(ApplicationContext context) {
		return context.getBean(OtlpBridgeEndpoint.class).bridge().signals().get("spans");
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(OtlpBridgeHealthIndicator.class).health();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> details(Health health) {
		return (Map<String, Object>) health.getDetails().get("spans");
	}

	private static double counter(ApplicationContext context, String name, String... tags) {
		return meter(context, name).tags(tags).functionCounter().count();
	}

	private static double gauge(ApplicationContext context, String name) {
		return meter(context, name).gauge().value();
	}

	private static Search meter(ApplicationContext context, String name) {
		return context.getBean(MeterRegistry.class).find("tracing.bridge." + name).tag("signal", "spans");
	}

}
