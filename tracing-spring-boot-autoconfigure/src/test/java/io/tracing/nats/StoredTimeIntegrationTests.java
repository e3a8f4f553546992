// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * How long a message waited, counted from when JetStream stored it by the clock of a real
 * server; and, for a message whose acknowledgment subject tells another time, of one
 * whose clock is wrong.
 */
class StoredTimeIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final InMemoryMetricReader reader = InMemoryMetricReader.create();

	private final String stream = NatsServer.newName("stored");

	private final String subject = this.stream + ".created";

	@Test
	void isCountedFromWhereJetStreamStoredIt() throws Exception {
		try (TracedNats nats = start()) {
			JetStreamSubscription subscription = subscribe(nats);
			nats.connection().jetStream().publish(this.subject, null);
			long stored = storedMillis(nats);
			await("time goes by").until(() -> System.currentTimeMillis() > stored + 20);
			Message message = subscription.nextMessage(PATIENCE);
			nats.tracing().process(message, Message::ack);
			SpanData receive = nats.spans().await("receive " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			for (SpanData span : List.of(receive, process)) {
				assertThat(span.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE_SOURCE)).isEqualTo("broker");
			}
			// A pull is on its way before there is a message.
			assertTime(receive, receive.getEndEpochNanos(), stored);
			assertTime(process, process.getStartEpochNanos(), stored);
			assertThat(receive.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE)).isGreaterThanOrEqualTo(0.02);
			assertThat(points(MessagingMetrics.TIME_IN_QUEUE)).as("once, although it was received and processed")
				.isEqualTo(1);
			assertThat(points(MessagingMetrics.CLOCK_SKEW)).isZero();
		}
	}

	@Test
	void isCountedFromTheSameTimeAtEachDelivery() throws Exception {
		try (TracedNats nats = start()) {
			JetStreamSubscription subscription = subscribe(nats);
			nats.connection().jetStream().publish(this.subject, null);
			long stored = storedMillis(nats);
			for (int i = 0; i < 2; i++) {
				nats.tracing().process(subscription.nextMessage(PATIENCE), (message) -> message.nakWithDelay(20));
			}
			List<SpanData> processes = nats.spans().await("process " + this.subject, 2);
			processes.forEach((process) -> assertTime(process, process.getStartEpochNanos(), stored));
			assertThat(processes.get(1).getAttributes().get(MessagingAttributes.TIME_IN_QUEUE))
				.isGreaterThanOrEqualTo(0.02);
		}
	}

	@Test
	void eachMessageOfABatchHasItsOwn() throws Exception {
		try (TracedNats nats = start()) {
			nats.createStream(this.stream);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.subject, PullSubscribeOptions.builder().durable("billing").build());
			nats.connection().jetStream().publish(this.subject, null);
			long stored = storedMillis(nats);
			await("time goes by").until(() -> System.currentTimeMillis() > stored + 20);
			nats.connection().jetStream().publish(this.subject, null);
			assertThat(subscription.fetch(2, PATIENCE)).hasSize(2);
			SpanData fetch = nats.spans().await("fetch " + this.subject);
			assertThat(fetch.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE)).isNull();
			List<Double> times = fetch.getLinks()
				.stream()
				.map((link) -> link.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE))
				.toList();
			assertThat(times.get(0) - times.get(1)).isGreaterThanOrEqualTo(0.02);
			assertThat(points(MessagingMetrics.TIME_IN_QUEUE)).isEqualTo(2);
		}
	}

	@Test
	void timeInTheFutureIsClampedAndCounted() throws Exception {
		try (TracedNats nats = start()) {
			long tomorrow = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
			process(nats, "$JS.ACK." + this.stream + ".billing.1.7.7." + tomorrow * 1_000_000 + ".0");
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE)).isZero();
			assertThat(process.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE_SOURCE)).isEqualTo("broker");
			assertThat(points(MessagingMetrics.TIME_IN_QUEUE)).isEqualTo(1);
			assertThat(points(MessagingMetrics.CLOCK_SKEW)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { ".STREAM.billing.1.7.7.%d", ".STREAM.billing.1.7.7.%d.0",
			".DOMAIN.HASH.STREAM.billing.1.7.7.%d.0", ".DOMAIN.HASH.STREAM.billing.1.7.7.%d.0.token" })
	void isReadFromEachFormOfTheAcknowledgmentSubject(String form) throws Exception {
		try (TracedNats nats = start()) {
			long before = System.currentTimeMillis() - 5_000;
			process(nats, "$JS.ACK" + form.formatted(before * 1_000_000));
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE)).isBetween(5.0, 60.0);
			assertThat(process.getAttributes().get(AttributeKey.stringKey("messaging.nats.stream")))
				.isEqualTo("STREAM");
			assertThat(process.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME)).isEqualTo("billing");
			assertThat(process.getAttributes().get(AttributeKey.longKey("messaging.nats.stream.sequence")))
				.isEqualTo(7);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "$JS.ACK", "$JS.ACK.a.b", "$JS.ACK.a.b.c.d.e.f.g", "$JS.ACK.........",
			"$JS.ACK.a.b.1.2.3.99999999999999999999.0" })
	void acknowledgmentSubjectThatMakesNoSenseCostsTelemetryAlone(String nonsense) throws Exception {
		try (TracedNats nats = start()) {
			process(nats, nonsense);
			assertThat(nats.spans().ended())
				.allMatch((span) -> span.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE) == null);
			assertThat(points(MessagingMetrics.TIME_IN_QUEUE)).isZero();
		}
	}

	/**
	 * Process a message of JetStream that is to be acknowledged on another subject. A
	 * server lets nobody publish one like that.
	 */
	private void process(TracedNats nats, String replyTo) throws Exception {
		nats.createStream(this.stream);
		nats.raw().jetStream().publish(this.subject, null);
		Message message = nats.raw().jetStream().subscribe(this.subject).nextMessage(PATIENCE);
		Message altered = (Message) Proxy.newProxyInstance(Message.class.getClassLoader(),
				new Class<?>[] { Message.class }, (proxy, method, arguments) -> method.getName().equals("getReplyTo")
						? replyTo : method.invoke(message, arguments));
		AtomicInteger processed = new AtomicInteger();
		nats.tracing().process(altered, (processing) -> processed.incrementAndGet());
		assertThat(processed).hasValue(1);
	}

	@Test
	void coreMessageHasNone() throws Exception {
		try (TracedNats nats = start()) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			nats.tracing().process(subscription.nextMessage(PATIENCE), (message) -> {
			});
			for (String name : List.of("receive ", "process ")) {
				SpanData span = nats.spans().await(name + this.subject);
				assertThat(span.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE)).isNull();
				assertThat(span.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE_SOURCE)).isNull();
			}
			assertThat(points(MessagingMetrics.TIME_IN_QUEUE)).isZero();
		}
	}

	private TracedNats start() {
		return TracedNats.builder()
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(this.reader).build()))
			.start();
	}

	private JetStreamSubscription subscribe(TracedNats nats) throws Exception {
		nats.createStream(this.stream);
		return nats.connection().jetStream().subscribe(this.subject);
	}

	private long storedMillis(TracedNats nats) throws Exception {
		return nats.raw().jetStreamManagement().getMessage(this.stream, 1).getTime().toInstant().toEpochMilli();
	}

	private static void assertTime(SpanData span, long atNanos, long storedMillis) {
		assertThat(span.getAttributes().get(MessagingAttributes.TIME_IN_QUEUE))
			.isCloseTo((atNanos / 1_000_000 - storedMillis) / 1000.0, within(0.5));
	}

	private long points(String name) {
		return this.reader.collectAllMetrics()
			.stream()
			.filter((metric) -> metric.getName().equals(name))
			.mapToLong(StoredTimeIntegrationTests::count)
			.sum();
	}

	private static long count(MetricData metric) {
		return metric.getHistogramData().getPoints().stream().mapToLong((point) -> point.getCount()).sum()
				+ metric.getLongSumData().getPoints().stream().mapToLong((point) -> point.getValue()).sum();
	}

}
