// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import io.nats.client.BaseConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpAnswer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * More than a hundred thousand random and mutated messages, mixed with good ones, go
 * through a real stream and a running bridge to a strict backend. Each ends in one place,
 * and the sums are right.
 */
class PoisonIntegrationTests {

	private static final int MESSAGES = 120_000;

	private static final int PUBLISHED_AT_ONCE = 500;

	private static final Duration LIMIT = Duration.ofMinutes(4);

	private final BridgeScenario scenario = new BridgeScenario();

	private final Faults faults = new Faults(Duration.ZERO);

	@AfterEach
	void close() {
		this.scenario.close();
	}

	@Test
	void everyRecordIsExportedOrADeadLetterAndTheSumIsRight() throws Exception {
		this.scenario.createStream();
		AtomicInteger requests = new AtomicInteger();
		// A backend that takes a request may yet reject some of its records.
		this.scenario.backend()
			.answerBy((request) -> (request.message() != null && requests.incrementAndGet() % 20 == 0)
					? OtlpAnswer.partialSuccess(1, "one of them") : null);
		// A slow machine causes no timeout: what is sent twice for that is not what is
		// tested.
		OtlpHttpOptions target = OtlpHttpOptions.builder()
			.endpoint(this.scenario.backend().url())
			.timeout(LIMIT)
			.build();
		OtlpBridge bridge = this.scenario.startBridge(target,
				(builder) -> builder.faults(this.faults).ackWait(Duration.ofSeconds(30)));
		publish();
		for (Signal signal : Signal.values()) {
			this.scenario.awaitDrained(bridge, signal, LIMIT);
		}
		goodOnesArriveOnce();
		List<Message> letters = readDeadLetters();
		for (Signal signal : Signal.values()) {
			sumIsRight(BridgeScenario.status(bridge, signal), letters);
		}
		letters.forEach(PoisonIntegrationTests::isComplete);
		assertThat(this.faults.count()).isZero();
		// Among them are some that only a backend finds wrong.
		assertThat(this.scenario.backend().faults()).isNotEmpty();
		theBridgeGoesOn(bridge);
	}

	/**
	 * They end the thread that reads the connection, which is not made anew for minutes.
	 */
	@Test
	void headersThatTheClientCannotReadDoNotStopTheBridge() {
		this.scenario.createStream();
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(0, 1));
		this.scenario.publishRaw("telemetry.spans.orders", "X-Name: Gr\u00f6\u00dfe", "{}");
		this.scenario.publishOtlp(Signal.SPANS, OtlpSamples.spans(1, 1));
		this.scenario.publishRaw("telemetry.logs.orders", "X-Name: \ud83d\ude80", "{}");
		this.scenario.publishOtlp(Signal.LOGS, OtlpSamples.logs(0, 1));
		OtlpBridge bridge = this.scenario.startBridge();
		assertThat(this.scenario.awaitDeadLetters(2)).allSatisfy((letter) -> {
			assertThat(letter.getData()).asString().isEqualTo("{}");
			assertThat(BridgeScenario.header(letter, "Dead-Letter-Reason")).isEqualTo("malformed");
			assertThat(BridgeScenario.header(letter, "Dead-Letter-Error")).contains("the headers can't be read");
			assertThat(BridgeScenario.header(letter, "X-Name")).contains("?");
		});
		this.scenario.backend().awaitSpans(2);
		this.scenario.backend().awaitLogRecords(1);
		for (Signal signal : Signal.values()) {
			this.scenario.awaitDrained(bridge, signal);
			SignalStatus status = BridgeScenario.status(bridge, signal);
			assertThat(status.received()).isEqualTo(status.exported() + status.deadLetters());
			assertThat(status.deadLettered().get(DeadLetterReason.MAX_DELIVERIES)).isZero();
		}
	}

	private void publish() throws Exception {
		JetStream stream = this.scenario.connection().jetStream();
		List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
		for (int index = 0; index < MESSAGES; index++) {
			PoisonMessage poison = PoisonMessages.of(index);
			acks.add(stream.publishAsync(NatsMessage.builder()
				.subject(poison.subject())
				.headers(poison.headers())
				.data(poison.body())
				.build()));
			if (acks.size() == PUBLISHED_AT_ONCE || index == MESSAGES - 1) {
				for (CompletableFuture<PublishAck> ack : acks) {
					ack.get();
				}
				acks.clear();
			}
		}
	}

	private void goodOnesArriveOnce() {
		Map<String, Integer> received = new HashMap<>();
		this.scenario.backend().spans().forEach((span) -> received.merge(span.record().getName(), 1, Integer::sum));
		this.scenario.backend()
			.logRecords()
			.forEach((log) -> received.merge(log.record().getBody().getStringValue(), 1, Integer::sum));
		this.scenario.backend()
			.metrics()
			.forEach((metric) -> received.merge(metric.record().getName(), 1, Integer::sum));
		Map<String, Integer> wrong = new HashMap<>();
		for (int index = 0; index < MESSAGES; index += PoisonMessages.GOOD_EVERY) {
			int number = index;
			int count = Stream.of("span-", "log-", "metric-")
				.mapToInt((name) -> received.getOrDefault(name + number, 0))
				.sum();
			if (count != 1) {
				wrong.put(PoisonMessages.of(index).subject() + " " + index, count);
			}
		}
		assertThat(wrong).isEmpty();
	}

	private void sumIsRight(SignalStatus status, List<Message> letters) {
		Map<DeadLetterReason, Long> buried = new EnumMap<>(DeadLetterReason.class);
		for (DeadLetterReason reason : DeadLetterReason.values()) {
			buried.put(reason, 0L);
		}
		for (Message letter : letters) {
			if (letter.getSubject().equals("telemetry-dlq." + status.signal().text())) {
				buried.merge(reason(letter), records(status.signal(), letter), Long::sum);
			}
		}
		assertThat(status.deadLettered()).isEqualTo(buried);
		assertThat(status.received()).isEqualTo(status.exported() + status.rejected() + status.deadLetters());
		if (status.signal() != Signal.METRICS) {
			// Metrics are counted by their points, and points of one series are one.
			assertThat(status.exported() + status.rejected()).isEqualTo(this.scenario.backend().count(status.signal()));
		}
	}

	private static DeadLetterReason reason(Message letter) {
		return DeadLetterReason.valueOf(header(letter, "Dead-Letter-Reason").toUpperCase(Locale.ROOT));
	}

	/** How many records a dead letter stands for. */
	private static long records(Signal signal, Message letter) {
		if (reason(letter) == DeadLetterReason.MALFORMED) {
			return 1;
		}
		EncodedRequests requests = new EncodedRequests(signal);
		try {
			byte[] body = body(letter);
			String contentType = letter.getHeaders().getIgnoreCase("Content-Type") == null ? null
					: letter.getHeaders().getIgnoreCase("Content-Type").get(0);
			return (BodyFormat.of(contentType, body, requests) == BodyFormat.OTLP) ? requests.count(body) : 1;
		}
		catch (MalformedRecordException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void isComplete(Message letter) {
		assertThat(header(letter, "Dead-Letter-Error")).isNotBlank();
		int index = Integer.parseInt(header(letter, "Dead-Letter-Sequence")) - 1;
		PoisonMessage original = PoisonMessages.of(index);
		assertThat(PoisonMessages.isGood(index)).isFalse();
		assertThat(DeadLetter.originalSubject(Objects.requireNonNull(letter.getHeaders())))
			.isEqualTo(original.subject());
		if (reason(letter) == DeadLetterReason.MALFORMED && !"omitted".equals(bodyHeader(letter))) {
			assertThat(body(letter)).isEqualTo(original.body());
		}
		Headers kept = Objects.requireNonNull(letter.getHeaders());
		if (original.headers() != null) {
			original.headers().forEach((name, values) -> {
				if (!name.startsWith("Dead-Letter-")) {
					assertThat(kept.get(name)).isEqualTo(values.stream().map(String::trim).toList());
				}
			});
		}
	}

	private static byte[] body(Message letter) {
		byte[] data = Objects.requireNonNullElse(letter.getData(), new byte[0]);
		if (!"gzip".equals(bodyHeader(letter))) {
			return data;
		}
		try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(data))) {
			return gzip.readAllBytes();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static String bodyHeader(Message letter) {
		return Objects.requireNonNull(letter.getHeaders()).getFirst("Dead-Letter-Body");
	}

	private static String header(Message letter, String name) {
		return Objects.requireNonNull(Objects.requireNonNull(letter.getHeaders()).getFirst(name), name);
	}

	private List<Message> readDeadLetters() throws Exception {
		List<Message> letters = new ArrayList<>();
		BaseConsumerContext consumer = this.scenario.connection()
			.getStreamContext(BridgeScenario.DEAD_LETTERS)
			.createOrderedConsumer(new OrderedConsumerConfiguration().filterSubject("telemetry-dlq.>"));
		while (true) {
			int before = letters.size();
			FetchConsumer fetch = consumer
				.fetch(FetchConsumeOptions.builder().maxMessages(2_000).expiresIn(1_000).noWait().build());
			for (Message letter = fetch.nextMessage(); letter != null; letter = fetch.nextMessage()) {
				letters.add(letter);
			}
			fetch.close();
			if (letters.size() == before) {
				return letters;
			}
		}
	}

	private void theBridgeGoesOn(OtlpBridge bridge) {
		assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet()))
			.contains("tracing-otlp-bridge-spans", "tracing-otlp-bridge-logs", "tracing-otlp-bridge-metrics",
					"tracing-bridge-exhausted");
		for (Signal signal : Signal.values()) {
			assertThat(BridgeScenario.status(bridge, signal).state()).isEqualTo(SignalState.RUNNING);
			long before = BridgeScenario.status(bridge, signal).exported();
			this.scenario.publishOtlp(signal, switch (signal) {
				case SPANS -> OtlpSamples.spans(MESSAGES, 1);
				case LOGS -> OtlpSamples.logs(MESSAGES, 1);
				case METRICS -> OtlpSamples.metrics(MESSAGES, 1);
			});
			this.scenario.awaitDrained(bridge, signal);
			assertThat(BridgeScenario.status(bridge, signal).exported()).isEqualTo(before + 1);
		}
	}

}
