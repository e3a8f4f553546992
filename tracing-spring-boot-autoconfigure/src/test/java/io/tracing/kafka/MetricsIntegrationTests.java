// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.RecordingProducer;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.listener.CommonLoggingErrorHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The metrics by name, value and tag, through Micrometer and through OpenTelemetry's own
 * meter, while two messages are sent and processed, the second without success.
 */
class MetricsIntegrationTests {

	private static final int GENERATED_TOPICS = 10_000;

	private static final List<String> METRICS = List.of(MessagingMetrics.CLIENT_OPERATION_DURATION,
			MessagingMetrics.PROCESS_DURATION, MessagingMetrics.CLIENT_SENT_MESSAGES,
			MessagingMetrics.CLIENT_CONSUMED_MESSAGES, MessagingMetrics.TIME_IN_QUEUE, MessagingMetrics.CLOCK_SKEW);

	private static final String FAILURE = "java.lang.IllegalStateException";

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void micrometerHasThemAll(boolean sampled) {
		String topic = KafkaBroker.newTopic("metrics");
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.tracers((tracers) -> tracers.setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff()))
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			exchange(kafka, topic);
			await().until(() -> count(registry, MessagingMetrics.CLIENT_CONSUMED_MESSAGES) == 2
					&& count(registry, MessagingMetrics.PROCESS_DURATION) == 2);

			Map<String, String> sendTags = tags(topic, "send");
			Map<String, String> processTags = tags(topic, "process");
			processTags.put("messaging.consumer.group.name", "billing");
			processTags.put("messaging.destination.subscription.name", "none");
			assertMeter(registry, MessagingMetrics.CLIENT_SENT_MESSAGES, 2, with(sendTags, "error.type", "none"));
			assertMeter(registry, MessagingMetrics.CLIENT_OPERATION_DURATION, 2,
					with(with(with(with(sendTags, "error.type", "none"), "messaging.operation.type", "send"),
							"messaging.consumer.group.name", "none"), "messaging.destination.subscription.name",
							"none"));
			assertMeter(registry, MessagingMetrics.CLIENT_CONSUMED_MESSAGES, 1,
					with(processTags, "error.type", "none"));
			assertMeter(registry, MessagingMetrics.CLIENT_CONSUMED_MESSAGES, 1,
					with(processTags, "error.type", FAILURE));
			assertMeter(registry, MessagingMetrics.PROCESS_DURATION, 1, with(processTags, "error.type", "none"));
			assertMeter(registry, MessagingMetrics.PROCESS_DURATION, 1, with(processTags, "error.type", FAILURE));
			assertMeter(registry, MessagingMetrics.TIME_IN_QUEUE, 2, with(processTags, "source", "producer"));
			assertMeter(registry, MessagingMetrics.CLOCK_SKEW, 1, processTags);
		}
	}

	@Test
	void metersOfOneNameHaveTheSameTagKeys() {
		String topic = KafkaBroker.newTopic("metrics");
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			exchange(kafka, topic);
			await().until(() -> count(registry, MessagingMetrics.PROCESS_DURATION) == 2);
			Map<String, List<TreeSet<String>>> keys = registry.getMeters()
				.stream()
				.filter((meter) -> !meter.getId().getName().endsWith(".histogram"))
				.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
						Collectors.mapping(MetricsIntegrationTests::tagKeys, Collectors.toList())));
			assertThat(keys).allSatisfy((name, sets) -> assertThat(sets).as(name + ": Prometheus drops what differs")
				.containsOnly(sets.get(0)));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void openTelemetryHasThemAll(boolean sampled) {
		String topic = KafkaBroker.newTopic("metrics");
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedKafka kafka = TracedKafka.builder()
			.tracers((tracers) -> tracers.setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff()))
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			exchange(kafka, topic);
			Map<String, MetricData> metrics = await().until(
					() -> reader.collectAllMetrics()
						.stream()
						.filter((metric) -> metric.getInstrumentationScopeInfo().getName().equals("io.tracing"))
						.collect(Collectors.toMap(MetricData::getName, (metric) -> metric)),
					(collected) -> collected.size() == 6 && consumed(collected) == 2);

			Map<String, Object> sendAttributes = attributes(topic, "send");
			Map<String, Object> processAttributes = attributes(topic, "process");
			processAttributes.put("messaging.consumer.group.name", "billing");
			assertPoints(metrics, MessagingMetrics.CLIENT_SENT_MESSAGES, "{message}", Map.of(sendAttributes, 2L));
			assertPoints(metrics, MessagingMetrics.CLIENT_OPERATION_DURATION, "s",
					Map.of(with(sendAttributes, "messaging.operation.type", "send"), 2L));
			Map<Map<String, Object>, Long> processed = Map.of(processAttributes, 1L,
					with(processAttributes, "error.type", FAILURE), 1L);
			assertPoints(metrics, MessagingMetrics.CLIENT_CONSUMED_MESSAGES, "{message}", processed);
			assertPoints(metrics, MessagingMetrics.PROCESS_DURATION, "s", processed);
			assertPoints(metrics, MessagingMetrics.TIME_IN_QUEUE, "s",
					Map.of(with(processAttributes, "source", "producer"), 2L));
			assertPoints(metrics, MessagingMetrics.CLOCK_SKEW, "{message}", Map.of(processAttributes, 1L));
			assertThat(boundaries(metrics, MessagingMetrics.PROCESS_DURATION))
				.isEqualTo(MessagingMetrics.DURATION_BUCKETS);
			assertThat(boundaries(metrics, MessagingMetrics.TIME_IN_QUEUE))
				.isEqualTo(MessagingMetrics.TIME_IN_QUEUE_BUCKETS);
		}
	}

	@Test
	void generatedTopicsDoNotMakeGeneratedSeriesInMicrometer() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			exchangeOnGeneratedTopics(kafka);
			for (String name : METRICS) {
				Map<String, List<Meter>> meters = registry.find(name)
					.meters()
					.stream()
					.collect(Collectors.groupingBy((meter) -> meter.getId().getTags().toString()));
				assertThat(meters).as(name).hasSizeLessThanOrEqualTo(2 * 201);
			}
			assertThat(registry.get(MessagingMetrics.CLIENT_SENT_MESSAGES)
				.tag("messaging.destination.name", "none")
				.counter()
				.count()).isEqualTo(GENERATED_TOPICS - 200);
			assertThat(count(registry, MessagingMetrics.CLIENT_SENT_MESSAGES)).isEqualTo(GENERATED_TOPICS);
			assertThat(count(registry, MessagingMetrics.PROCESS_DURATION)).isEqualTo(GENERATED_TOPICS);
		}
	}

	@Test
	void generatedTopicsDoNotMakeGeneratedSeriesInOpenTelemetry() {
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedKafka kafka = TracedKafka.builder()
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			exchangeOnGeneratedTopics(kafka);
			Map<String, MetricData> metrics = reader.collectAllMetrics()
				.stream()
				.filter((metric) -> metric.getInstrumentationScopeInfo().getName().equals("io.tracing"))
				.collect(Collectors.toMap(MetricData::getName, (metric) -> metric));
			assertThat(metrics.keySet()).containsExactlyInAnyOrderElementsOf(METRICS);
			assertThat(metrics)
				.allSatisfy((name, metric) -> assertThat(metric.getData().getPoints()).as(name).hasSize(201));
			assertThat(consumed(metrics)).isEqualTo(GENERATED_TOPICS);
		}
	}

	/**
	 * To the interceptor as a container would: ten thousand topics on a broker would tell
	 * nothing more.
	 */
	private static void exchangeOnGeneratedTopics(TracedKafka kafka) {
		Producer<Object, Object> producer = kafka.tracing().wrap(new RecordingProducer().producer(), Map.of());
		TracingRecordInterceptor<Object, Object> interceptor = new TracingRecordInterceptor<>(kafka.tracing());
		try (MockConsumer<Object, Object> consumer = new MockConsumer<>("earliest")) {
			for (int i = 0; i < GENERATED_TOPICS; i++) {
				String topic = "generated-" + i;
				producer.send(new ProducerRecord<>(topic, "a book"));
				ConsumerRecord<Object, Object> record = new ConsumerRecord<>(topic, 0, 0,
						System.currentTimeMillis() + 600_000, TimestampType.CREATE_TIME, 0, 6, "key", "a book",
						new RecordHeaders(), Optional.empty());
				interceptor.intercept(record, consumer);
				interceptor.success(record, consumer);
				interceptor.afterRecord(record, consumer);
			}
			interceptor.clearThreadState(consumer);
		}
		assertThat(kafka.spans().named("send generated-9999")).hasSize(1);
		assertThat(kafka.spans().named("process generated-9999")).hasSize(1);
	}

	private static void exchange(TracedKafka kafka, String topic) {
		kafka.send(new ProducerRecord<>(topic, "key", "good"));
		kafka.send(new ProducerRecord<>(topic, null, System.currentTimeMillis() + 600_000, "key", "bad"));
		Inbox<String> inbox = Inbox.of((record) -> {
			if (record.value().equals("bad")) {
				throw new IllegalStateException("injected");
			}
			return "done";
		});
		kafka.listen(topic, inbox, (container) -> container.setCommonErrorHandler(new CommonLoggingErrorHandler()));
		inbox.await();
	}

	private static Map<String, String> tags(String topic, String operation) {
		Map<String, String> tags = new HashMap<>();
		attributes(topic, operation).forEach((name, value) -> tags.put(name, value.toString()));
		// Those of other brokers, which share the meters.
		tags.put("messaging.destination.template", "none");
		return tags;
	}

	private static Map<String, Object> attributes(String topic, String operation) {
		String[] server = KafkaBroker.bootstrapServers().split(":");
		return new HashMap<>(
				Map.of("messaging.system", "kafka", "messaging.operation.name", operation, "messaging.destination.name",
						topic, "server.address", server[0], "server.port", Long.valueOf(server[1])));
	}

	private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
		Map<String, V> more = new HashMap<>(map);
		more.put(name, value);
		return more;
	}

	private static void assertMeter(SimpleMeterRegistry registry, String name, long count, Map<String, String> tags) {
		assertThat(registry.find(name).meters()).filteredOn((meter) -> tagMap(meter).equals(tags))
			.as(name + tags + " among " + registry.find(name).meters().stream().map(Meter::getId).toList())
			.singleElement()
			.satisfies((meter) -> assertThat(count(meter)).isEqualTo(count));
	}

	private static long count(SimpleMeterRegistry registry, String name) {
		return registry.find(name).meters().stream().mapToLong(MetricsIntegrationTests::count).sum();
	}

	private static long count(Meter meter) {
		return (long) meter.measure().iterator().next().getValue();
	}

	private static Map<String, String> tagMap(Meter meter) {
		return meter.getId().getTags().stream().collect(Collectors.toMap(Tag::getKey, Tag::getValue));
	}

	private static TreeSet<String> tagKeys(Meter meter) {
		return new TreeSet<>(tagMap(meter).keySet());
	}

	private static long consumed(Map<String, MetricData> metrics) {
		return metrics.get(MessagingMetrics.PROCESS_DURATION)
			.getHistogramData()
			.getPoints()
			.stream()
			.mapToLong(HistogramPointData::getCount)
			.sum();
	}

	private static void assertPoints(Map<String, MetricData> metrics, String name, String unit,
			Map<Map<String, Object>, Long> expected) {
		MetricData metric = metrics.get(name);
		assertThat(metric.getUnit()).isEqualTo(unit);
		Map<Map<String, Object>, Long> points = new HashMap<>();
		for (PointData point : metric.getData().getPoints()) {
			points.put(toMap(point.getAttributes()), (point instanceof HistogramPointData histogram)
					? histogram.getCount() : ((LongPointData) point).getValue());
		}
		assertThat(points).as(name).isEqualTo(expected);
	}

	private static List<Double> boundaries(Map<String, MetricData> metrics, String name) {
		return metrics.get(name).getHistogramData().getPoints().iterator().next().getBoundaries();
	}

	private static Map<String, Object> toMap(Attributes attributes) {
		Map<String, Object> map = new HashMap<>();
		attributes.asMap().forEach((key, value) -> map.put(((AttributeKey<?>) key).getKey(), value));
		return map;
	}

}
