// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The metrics of deliveries by name, value and attribute, and how many series there are
 * of them, while messages go through a real server.
 */
class DeliveryMetricsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int SUBJECTS = 10_000;

	private final InMemoryMetricReader reader = InMemoryMetricReader.create();

	private final String subject = NatsServer.newName("metrics");

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void handler(boolean sampled) {
		try (TracedNats nats = start(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff())) {
			nats.connection().createDispatcher((message) -> {
				if (message.getData().length > 0) {
					throw new IllegalStateException("injected");
				}
			}).subscribe(this.subject + ".*", "billing");
			nats.connection().publish(this.subject + ".created", null);
			nats.connection().publish(this.subject + ".created", new byte[1]);
			Map<String, Object> good = common(nats, "process");
			good.put("messaging.destination.template", this.subject + ".*");
			good.put("messaging.consumer.group.name", "billing");
			Map<String, Object> bad = with(good, "error.type", IllegalStateException.class.getName());
			assertPoints(MessagingMetrics.PROCESS_DURATION, Map.of(good, 1L, bad, 1L));
			assertPoints(MessagingMetrics.CLIENT_CONSUMED_MESSAGES, Map.of(good, 1L, bad, 1L));
			assertPoints(MessagingMetrics.TIME_IN_QUEUE, Map.of());
		}
	}

	@Test
	void messageOfADurableConsumerIsConsumedOnce() throws Exception {
		try (TracedNats nats = start(Sampler.alwaysOn())) {
			nats.createStream(this.subject);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.subject + ".*", PullSubscribeOptions.builder().durable("billing").build());
			for (int i = 0; i < 3; i++) {
				nats.connection().jetStream().publish(this.subject + ".created", null);
			}
			for (Message message : subscription.fetch(3, PATIENCE)) {
				nats.tracing().process(message, Message::ack);
			}
			Map<String, Object> fetch = common(nats, "fetch");
			fetch.put("messaging.destination.template", this.subject + ".*");
			fetch.put("messaging.destination.subscription.name", "billing");
			Map<String, Object> process = with(fetch, "messaging.operation.name", "process");
			Map<String, Object> ack = with(fetch, "messaging.operation.name", "ack");
			assertPoints(MessagingMetrics.CLIENT_CONSUMED_MESSAGES, Map.of(fetch, 3L, process, 0L));
			assertPoints(MessagingMetrics.PROCESS_DURATION, Map.of(process, 3L));
			assertPoints(MessagingMetrics.TIME_IN_QUEUE, Map.of(with(fetch, "source", "broker"), 3L));
			Map<Map<String, Object>, Long> durations = points(MessagingMetrics.CLIENT_OPERATION_DURATION);
			assertThat(durations).containsEntry(with(fetch, "messaging.operation.type", "receive"), 1L)
				.containsEntry(with(ack, "messaging.operation.type", "settle"), 3L);
		}
	}

	@Test
	void messageThatIsProcessedTwiceIsConsumedOnce() throws Exception {
		try (TracedNats nats = start(Sampler.alwaysOn())) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().createDispatcher((message) -> nats.tracing().process(message, (again) -> {
			})).subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			Message message = subscription.nextMessage(PATIENCE);
			for (int i = 0; i < 2; i++) {
				nats.tracing().process(message, (processed) -> {
				});
			}
			Map<String, Object> process = common(nats, "process");
			process.put("messaging.destination.name", this.subject);
			assertPoints(MessagingMetrics.CLIENT_CONSUMED_MESSAGES,
					Map.of(with(process, "messaging.operation.name", "receive"), 1L, process, 1L));
			assertPoints(MessagingMetrics.PROCESS_DURATION, Map.of(process, 4L));
		}
	}

	@Test
	void generatedNamesOfConsumersAreOnSpansAlone() throws Exception {
		int consumers = 250;
		try (TracedNats nats = start(Sampler.alwaysOn())) {
			nats.createStream(this.subject);
			nats.connection().jetStream().publish(this.subject + ".created", null);
			for (int i = 0; i < consumers; i++) {
				JetStreamSubscription subscription = nats.connection().jetStream().subscribe(this.subject + ".*");
				assertThat(subscription.nextMessage(PATIENCE)).isNotNull();
				subscription.unsubscribe();
			}
			List<SpanData> receives = nats.spans().await("receive " + this.subject + ".*", consumers);
			assertThat(receives)
				.extracting((receive) -> receive.getAttributes().get(MessagingAttributes.SUBSCRIPTION_NAME))
				.doesNotContainNull()
				.doesNotHaveDuplicates();
			Map<String, Object> receive = common(nats, "receive");
			receive.put("messaging.destination.template", this.subject + ".*");
			assertPoints(MessagingMetrics.CLIENT_CONSUMED_MESSAGES, Map.of(receive, (long) consumers));
			assertPoints(MessagingMetrics.TIME_IN_QUEUE, Map.of(with(receive, "source", "broker"), (long) consumers));
		}
	}

	@Test
	void thousandsOfSubjectsOfAWildcardHaveOneNameAndOneSeries() {
		try (TracedNats nats = start(Sampler.alwaysOn())) {
			nats.connection().createDispatcher((message) -> {
			}).subscribe(this.subject + ".*");
			nats.flush();
			for (int i = 0; i < SUBJECTS; i++) {
				nats.raw().publish(this.subject + "." + i, null);
			}
			List<SpanData> processes = nats.spans().await("process " + this.subject + ".*", SUBJECTS);
			assertThat(processes)
				.extracting((process) -> process.getAttributes().get(MessagingAttributes.DESTINATION_NAME))
				.contains(this.subject + ".0", this.subject + ".9999")
				.doesNotHaveDuplicates();
			assertThat(nats.spans().ended()).hasSize(SUBJECTS);
			Map<String, Object> process = common(nats, "process");
			process.put("messaging.destination.template", this.subject + ".*");
			assertPoints(MessagingMetrics.PROCESS_DURATION, Map.of(process, (long) SUBJECTS));
			assertPoints(MessagingMetrics.CLIENT_CONSUMED_MESSAGES, Map.of(process, (long) SUBJECTS));
		}
	}

	@Test
	void thousandsOfSubjectsWithoutAPatternAreBounded() throws Exception {
		try (TracedNats nats = start(Sampler.alwaysOn())) {
			nats.createStream(this.subject);
			nats.createConsumer(this.subject, ConsumerConfiguration.builder().durable("all"));
			int subjects = 1_000;
			for (int i = 0; i < subjects; i++) {
				nats.raw().jetStream().publishAsync(this.subject + "." + i, null);
			}
			nats.connection().getConsumerContext(this.subject, "all").consume(Message::ack);
			await("all settled").atMost(PATIENCE).until(() -> nats.spans().ended().size() == 2 * subjects);
			Set<String> names = nats.spans().ended().stream().map(SpanData::getName).collect(Collectors.toSet());
			assertThat(names).hasSizeLessThan(250).contains("process", "ack");
			assertThat(nats.spans().ended())
				.extracting((span) -> span.getAttributes().get(MessagingAttributes.DESTINATION_NAME))
				.as("the span tells the subject all the same")
				.contains(this.subject + ".999")
				.doesNotContainNull();
			assertThat(points(MessagingMetrics.PROCESS_DURATION)).hasSizeLessThan(250);
		}
	}

	private TracedNats start(Sampler sampler) {
		return TracedNats.builder()
			.tracers((tracers) -> tracers.setSampler(sampler))
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(this.reader).build()))
			.start();
	}

	private static Map<String, Object> common(TracedNats nats, String operation) {
		return new HashMap<>(Map.of("messaging.system", "nats", "messaging.operation.name", operation, "server.address",
				"127.0.0.1", "server.port", (long) nats.raw().getServerInfo().getPort()));
	}

	private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
		Map<String, Object> more = new HashMap<>(map);
		more.put(name, value);
		return more;
	}

	private void assertPoints(String name, Map<Map<String, Object>, Long> expected) {
		await(name).atMost(PATIENCE).untilAsserted(() -> assertThat(points(name)).isEqualTo(expected));
	}

	private Map<Map<String, Object>, Long> points(String name) {
		Map<Map<String, Object>, Long> points = new HashMap<>();
		this.reader.collectAllMetrics()
			.stream()
			.filter((metric) -> metric.getName().equals(name))
			.flatMap((metric) -> metric.getData().getPoints().stream())
			.forEach((point) -> points.put(attributes(point), (point instanceof HistogramPointData histogram)
					? histogram.getCount() : ((LongPointData) point).getValue()));
		return points;
	}

	private static Map<String, Object> attributes(PointData point) {
		Map<String, Object> attributes = new HashMap<>();
		point.getAttributes().asMap().forEach((key, value) -> attributes.put(((AttributeKey<?>) key).getKey(), value));
		return attributes;
	}

}
