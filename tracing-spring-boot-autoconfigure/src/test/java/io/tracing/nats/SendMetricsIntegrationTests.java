// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The metrics of what is sent through a real server, by name, value and tag, through
 * Micrometer and through OpenTelemetry's own meter, sampled or not.
 */
class SendMetricsIntegrationTests {

	private static final byte[] BODY = new byte[] { 1 };

	private static final String API_EXCEPTION = "io.nats.client.JetStreamApiException";

	private final String stream = NatsServer.newName("metrics");

	private final String subject = this.stream + ".created";

	private final String asked = NatsServer.newName("asked");

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void openTelemetryHasThemAll(boolean sampled) throws Exception {
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedNats nats = TracedNats.builder()
			.tracers((tracers) -> tracers.setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff()))
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			send(nats);
			Map<String, MetricData> metrics = reader.collectAllMetrics()
				.stream()
				.filter((metric) -> metric.getInstrumentationScopeInfo().getName().equals("io.tracing"))
				.collect(Collectors.toMap(MetricData::getName, (metric) -> metric));
			assertThat(metrics).containsOnlyKeys(MessagingMetrics.CLIENT_SENT_MESSAGES,
					MessagingMetrics.CLIENT_OPERATION_DURATION);
			Map<Map<String, Object>, Long> sent = sent(nats);
			assertPoints(metrics.get(MessagingMetrics.CLIENT_SENT_MESSAGES), "{message}", sent);
			Map<Map<String, Object>, Long> durations = new HashMap<>();
			sent.forEach(
					(attributes, count) -> durations.put(with(attributes, "messaging.operation.type", "send"), count));
			assertPoints(metrics.get(MessagingMetrics.CLIENT_OPERATION_DURATION), "s", durations);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void micrometerHasThemAll(boolean sampled) throws Exception {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedNats nats = TracedNats.builder()
			.tracers((tracers) -> tracers.setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff()))
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			send(nats);
			Map<Map<String, Object>, Long> sent = new HashMap<>();
			Map<Map<String, Object>, Long> durations = new HashMap<>();
			sent(nats).forEach((attributes, count) -> {
				Map<String, Object> tags = completed(attributes, "error.type", "messaging.destination.name",
						"messaging.destination.template");
				sent.put(tags, count);
				durations.put(completed(with(tags, "messaging.operation.type", "send"), "messaging.consumer.group.name",
						"messaging.destination.subscription.name"), count);
			});
			assertThat(counts(registry, MessagingMetrics.CLIENT_SENT_MESSAGES)).isEqualTo(sent);
			assertThat(counts(registry, MessagingMetrics.CLIENT_OPERATION_DURATION)).isEqualTo(durations);
		}
	}

	@Test
	void metersOfOneNameHaveTheSameTagKeys() throws Exception {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.nats((builder) -> builder.templates(List.of(this.asked + ".*")))
			.start()) {
			nats.connection()
				.createDispatcher((message) -> message.getConnection().publish(message.getReplyTo(), BODY))
				.subscribe(this.asked + ".>", "group");
			nats.flush();
			nats.connection().request(this.asked + ".EUR", BODY, Duration.ofSeconds(10));
			nats.spans().await("publish _INBOX");
			send(nats);
			Map<String, List<TreeSet<String>>> keys = registry.getMeters()
				.stream()
				.filter((meter) -> !meter.getId().getName().endsWith(".histogram"))
				.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
						Collectors.mapping((meter) -> new TreeSet<>(tags(meter).keySet()), Collectors.toList())));
			assertThat(keys).allSatisfy((name, sets) -> assertThat(sets).as(name + ": Prometheus drops what differs")
				.containsOnly(sets.get(0)));
		}
	}

	@Test
	void durationOfARequestIsThatOfItsAnswer() throws Exception {
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedNats nats = TracedNats.builder()
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			nats.raw().subscribe(this.asked);
			nats.connection().request(this.asked, BODY, Duration.ofMillis(100));
			assertThat(reader.collectAllMetrics())
				.filteredOn((metric) -> metric.getName().equals(MessagingMetrics.CLIENT_OPERATION_DURATION))
				.singleElement()
				.satisfies((metric) -> assertThat(metric.getHistogramData().getPoints()).singleElement()
					.satisfies((point) -> assertThat(point.getSum()).isBetween(0.1, 10.0)));
		}
	}

	private void send(TracedNats nats) throws Exception {
		nats.createStream(this.stream);
		nats.connection().publish(this.asked, BODY);
		nats.connection().publish(this.asked, BODY);
		nats.connection().request(this.asked, BODY, Duration.ofSeconds(10));
		nats.connection().jetStream().publish(this.subject, BODY);
		nats.connection().jetStream().publishAsync(this.subject, BODY).get();
		assertThatThrownBy(() -> nats.connection()
			.jetStream()
			.publish(this.subject, BODY, PublishOptions.builder().expectedLastSequence(41).build()))
			.isInstanceOf(JetStreamApiException.class);
	}

	private Map<Map<String, Object>, Long> sent(TracedNats nats) {
		Map<String, Object> published = NatsAttributes.measured(nats, "publish");
		Map<String, Object> requested = NatsAttributes.measured(nats, "request");
		Map<String, Object> stored = with(published, "messaging.destination.name", this.subject);
		return Map.of(with(published, "messaging.destination.name", this.asked), 2L,
				with(with(requested, "messaging.destination.name", this.asked), "error.type", "no_responders"), 1L,
				stored, 2L, with(stored, "error.type", API_EXCEPTION), 1L);
	}

	private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
		Map<String, V> more = new HashMap<>(map);
		more.put(name, value);
		return more;
	}

	/**
	 * As Micrometer has them: all of them there, and text.
	 */
	private static Map<String, Object> completed(Map<String, Object> attributes, String... names) {
		Map<String, Object> tags = new HashMap<>();
		attributes.forEach((name, value) -> tags.put(name, value.toString()));
		for (String name : names) {
			tags.putIfAbsent(name, "none");
		}
		return tags;
	}

	/**
	 * How often each meter of a name counted. Those of success are there before the
	 * first.
	 */
	private static Map<Map<String, Object>, Long> counts(SimpleMeterRegistry registry, String name) {
		Map<Map<String, Object>, Long> counts = new HashMap<>();
		for (Meter meter : registry.find(name).meters()) {
			long count = (long) meter.measure().iterator().next().getValue();
			if (count > 0) {
				counts.put(tags(meter), count);
			}
		}
		return counts;
	}

	private static Map<String, Object> tags(Meter meter) {
		return meter.getId().getTags().stream().collect(Collectors.toMap(Tag::getKey, Tag::getValue));
	}

	private static void assertPoints(MetricData metric, String unit, Map<Map<String, Object>, Long> expected) {
		assertThat(metric.getUnit()).isEqualTo(unit);
		Map<Map<String, Object>, Long> points = new HashMap<>();
		for (PointData point : metric.getData().getPoints()) {
			points.put(NatsAttributes.of(point.getAttributes()), (point instanceof HistogramPointData histogram)
					? histogram.getCount() : ((LongPointData) point).getValue());
		}
		assertThat(points).isEqualTo(expected);
	}

}
