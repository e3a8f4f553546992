// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.NatsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The publisher and a real server that is away, comes back, is killed, and refuses.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamPublisherIntegrationTests {

	private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(30);

	private final NatsServer server = NatsServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void everySpanIsInTheStreamOnceAlthoughTheServerIsKilledAgainAndAgain() throws InterruptedException {
		int batches = 400;
		int size = 100;
		try (TestPublisher test = new TestPublisher(this.server, 64 << 20, FLUSH_TIMEOUT)) {
			test.publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			AtomicInteger exported = new AtomicInteger();
			Thread application = new Thread(() -> {
				for (int batch = 0; batch < batches; batch++) {
					exporter.export(spans(batch * size, size));
					exported.incrementAndGet();
					if (batch % 100 == 50) {
						// Not all before the first kill.
						assertThat(exporter.flush().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
					}
				}
			});
			application.start();
			for (int kill = 1; kill <= 3; kill++) {
				int enough = kill * 100 - 50;
				await().until(() -> exported.get() >= enough);
				this.server.kill();
				this.server.restart();
			}
			application.join();
			assertThat(exporter.flush().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
			assertThat(test.publisher.counters().published(Signal.SPANS)).isEqualTo(batches * size);
			assertThat(test.publisher.counters().retried()).isPositive();
			assertThat(test.publisher.waitingBytes()).isZero();
		}
		List<Message> messages = StreamMessages.of(this.server);
		Set<String> ids = new TreeSet<>();
		messages.forEach((message) -> ids.add(message.getHeaders().getFirst("Nats-Msg-Id")));
		assertThat(ids).hasSize(batches * size);
		assertThat(messages).hasSize(batches * size);
	}

	@Test
	void fullBufferDropsAndCountsAndNeverBlocks(CapturedOutput output) {
		try (TestPublisher test = new TestPublisher(() -> {
			throw new IllegalStateException("NATS is not there");
		}, 1 << 20, Duration.ZERO)) {
			test.publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			long start = System.nanoTime();
			CompletableResultCode last = CompletableResultCode.ofSuccess();
			for (int i = 0; i < 100; i++) {
				last = exporter.export(spans(i * 100, 100));
			}
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
			assertThat(last.isSuccess()).isFalse();
			long dropped = test.publisher.counters().dropped(Signal.SPANS, DropReason.BUFFER_FULL);
			long bytes = test.publisher.waitingBytes();
			assertThat(bytes).isBetween((1L << 20) - 1000, 1L << 20);
			assertThat(dropped).isBetween(5_000L, 9_900L);
			assertThat(test.faults.count()).isEqualTo(dropped);
		}
		assertThat(output.getOut().split("The buffer is full", -1)).hasSize(2);
		assertThat(output.getOut().split("Telemetry waits for the stream 'TELEMETRY': NATS is not there", -1))
			.hasSize(2);
		assertThat(output).contains("tracing.telemetry.buffer-size");
	}

	@Test
	void whatIsLeftIsDroppedAndCountedAtTheEnd(CapturedOutput output) {
		TestPublisher test = new TestPublisher(() -> {
			throw new IllegalStateException("NATS is not there");
		}, 1 << 20, Duration.ofMillis(200));
		test.publisher.start();
		JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.OTLP);
		exporter.export(spans(0, 300));
		assertThat(exporter.shutdown().join(10, TimeUnit.SECONDS).isSuccess()).isFalse();
		test.close();
		assertThat(test.publisher.counters().dropped(Signal.SPANS, DropReason.SHUTDOWN)).isEqualTo(300);
		assertThat(test.publisher.waitingBytes()).isZero();
		assertThat(output).contains("300 records of telemetry were dropped");
		assertThat(exporter.export(spans(300, 5)).isSuccess()).isFalse();
		assertThat(new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS).export(spans(305, 5)).isSuccess())
			.isFalse();
		assertThat(test.publisher.counters().dropped(Signal.SPANS, DropReason.SHUTDOWN)).isEqualTo(310);
		assertThat(test.publisher.flush().isSuccess()).isTrue();
	}

	@Test
	void publisherThatIsNeverStartedDropsWhatItHas() {
		TestPublisher test = new TestPublisher(this.server, 1 << 20, FLUSH_TIMEOUT);
		new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS).export(spans(0, 3));
		assertThat(test.publisher.flush().isSuccess()).isFalse();
		test.close();
		test.publisher.start();
		assertThat(test.publisher.counters().dropped(Signal.SPANS, DropReason.SHUTDOWN)).isEqualTo(3);
	}

	@Test
	void whatWasHandedOverIsPublishedBeforeTheEnd() {
		try (TestPublisher test = new TestPublisher(this.server, 16 << 20, FLUSH_TIMEOUT)) {
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			exporter.export(spans(0, 2_000));
			test.publisher.start();
		}
		assertThat(StreamMessages.of(this.server)).hasSize(2_000);
	}

	@Test
	void batchThatTheServerWouldNotTakeIsHalved() {
		this.server.close();
		NatsServer small = NatsServer.start("max_payload: 20000");
		try (small; TestPublisher test = new TestPublisher(small, 16 << 20, FLUSH_TIMEOUT)) {
			test.publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.OTLP);
			exporter.export(spans(0, 1));
			assertThat(exporter.flush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			exporter.export(spans(1, 1_000));
			SpanData large = TestPublisher.span(5_000, "x".repeat(30_000));
			assertThat(exporter.export(List.of(large)).isSuccess()).isFalse();
			assertThat(exporter.flush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			assertThat(test.publisher.counters().published(Signal.SPANS)).isEqualTo(1_001);
			assertThat(test.publisher.counters().dropped(Signal.SPANS, DropReason.TOO_LARGE)).isEqualTo(1);
			assertThat(StreamMessages.of(small)).hasSizeBetween(4, 40)
				.allSatisfy((message) -> assertThat(message.getData().length).isLessThan(20_000));
		}
	}

	@Test
	void messageThatTheStreamNeverTakesIsDroppedAndTheOthersPass(CapturedOutput output)
			throws IOException, JetStreamApiException {
		try (NatsConnection nats = new NatsConnection(this.server);
				TestPublisher test = new TestPublisher(this.server, 16 << 20, FLUSH_TIMEOUT)) {
			nats.connection()
				.jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name("TELEMETRY")
					.subjects("telemetry.>")
					.maximumMessageSize(2_000)
					.build());
			test.publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			exporter.export(
					List.of(TestPublisher.span(1), TestPublisher.span(2, "x".repeat(3_000)), TestPublisher.span(3)));
			assertThat(exporter.flush().join(10, TimeUnit.SECONDS).isSuccess()).isFalse();
			assertThat(test.publisher.counters().published(Signal.SPANS)).isEqualTo(2);
			assertThat(test.publisher.counters().dropped(Signal.SPANS, DropReason.TOO_LARGE)).isEqualTo(1);
		}
		assertThat(output).contains("the stream 'TELEMETRY' takes no message of this size");
	}

	@Test
	void subjectThatMayNotBePublishedToIsGivenUpAndTheOthersPass(CapturedOutput output) {
		this.server.close();
		NatsServer strict = NatsServer.start("authorization: { users: [ { user: ada, password: secret,"
				+ " permissions: { publish: { deny: \"telemetry.logs.>\" } } } ] }");
		try (strict;
				TestPublisher test = new TestPublisher(() -> strict.connect(strict.options().userInfo("ada", "secret")),
						16 << 20, FLUSH_TIMEOUT)) {
			test.publisher.start();
			test.publisher.accept(Signal.LOGS, "telemetry.logs.shop", new byte[10], 1);
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			exporter.export(spans(0, 10));
			await().atMost(Duration.ofMinutes(1)).until(() -> test.publisher.waitingBytes() == 0);
			assertThat(test.publisher.counters().published(Signal.SPANS)).isEqualTo(10);
			assertThat(test.publisher.counters().dropped(Signal.LOGS, DropReason.REFUSED)).isEqualTo(1);
		}
		assertThat(output).contains("NATS answers others, but not 'telemetry.logs.shop'")
			.contains("allow the user to publish to 'telemetry.>'");
	}

	@Test
	void streamThatIsDeletedIsCreatedAgain() throws IOException, JetStreamApiException {
		try (NatsConnection nats = new NatsConnection(this.server);
				TestPublisher test = new TestPublisher(this.server, 16 << 20, FLUSH_TIMEOUT)) {
			test.publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			exporter.export(spans(0, 10));
			assertThat(exporter.flush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
			nats.connection().jetStreamManagement().deleteStream("TELEMETRY");
			exporter.export(spans(10, 10));
			assertThat(exporter.flush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
		}
		assertThat(StreamMessages.of(this.server)).hasSize(10);
	}

	@Test
	void streamThatCantBeUsedIsSaidOnceAndUsedWhenItCan(CapturedOutput output)
			throws IOException, JetStreamApiException {
		try (NatsConnection nats = new NatsConnection(this.server);
				TestPublisher test = new TestPublisher(this.server, 16 << 20, FLUSH_TIMEOUT)) {
			nats.connection()
				.jetStreamManagement()
				.addStream(StreamConfiguration.builder().name("TELEMETRY").subjects("orders.>").build());
			test.publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(test.publisher, TelemetryFormat.DAGNATS);
			exporter.export(spans(0, 10));
			await().until(() -> output.getOut().contains("Name another stream with tracing.telemetry.stream.name"));
			nats.connection().jetStreamManagement().deleteStream("TELEMETRY");
			assertThat(exporter.flush().join(20, TimeUnit.SECONDS).isSuccess()).isTrue();
		}
		assertThat(output.getOut().split("Name another stream with tracing.telemetry.stream.name", -1)).hasSize(2);
	}

	private static List<SpanData> spans(int first, int count) {
		return IntStream.range(first, first + count).mapToObj(TestPublisher::span).toList();
	}

}
