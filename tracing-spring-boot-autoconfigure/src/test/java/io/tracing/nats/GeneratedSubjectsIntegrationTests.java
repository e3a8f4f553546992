// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ten thousand subjects that a program makes up, sent to a real server: so many names of
 * spans and series of metrics, and no more.
 */
@SuppressWarnings("try")
class GeneratedSubjectsIntegrationTests {

	private static final int SUBJECTS = 10_000;

	// 200 that have a name, and one for all others.
	private static final int LIMIT = 201;

	private static final byte[] BODY = new byte[] { 1 };

	private static final Executor EACH_ITS_THREAD = (task) -> new Thread(task).start();

	private final String prefix = NatsServer.newName("generated");

	@Test
	void spanNamesAndSeriesOfOpenTelemetryAreBounded() {
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedNats nats = TracedNats.builder()
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			publish(nats);
			List<SpanData> spans = nats.spans().ended();
			assertThat(spans).hasSize(SUBJECTS);
			assertThat(names(spans)).hasSize(LIMIT).contains("publish", "publish " + this.prefix + ".0");
			assertThat(spans).extracting((span) -> NatsAttributes.of(span).get("messaging.destination.name"))
				.doesNotHaveDuplicates()
				.doesNotContainNull();
			Map<String, MetricData> metrics = reader.collectAllMetrics()
				.stream()
				.filter((metric) -> metric.getInstrumentationScopeInfo().getName().equals("io.tracing"))
				.collect(Collectors.toMap(MetricData::getName, (metric) -> metric));
			assertThat(metrics).hasSize(2)
				.allSatisfy((name, metric) -> assertThat(metric.getData().getPoints()).as(name).hasSize(LIMIT));
			assertThat(metrics.get(MessagingMetrics.CLIENT_SENT_MESSAGES)
				.getLongSumData()
				.getPoints()
				.stream()
				.mapToLong((point) -> point.getValue())
				.sum()).isEqualTo(SUBJECTS);
		}
	}

	@Test
	void seriesOfMicrometerAreBounded() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			publish(nats);
			assertThat(registry.find(MessagingMetrics.CLIENT_SENT_MESSAGES).meters()).hasSize(LIMIT);
			assertThat(registry.find(MessagingMetrics.CLIENT_OPERATION_DURATION).meters()).hasSize(LIMIT);
			assertThat(registry.get(MessagingMetrics.CLIENT_SENT_MESSAGES)
				.tag("messaging.destination.name", "none")
				.counter()
				.count()).isEqualTo(SUBJECTS - LIMIT + 1);
		}
	}

	@RepeatedTest(10)
	void manyThreadsDoNotMakeMoreOfThem() throws Exception {
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedNats nats = TracedNats.builder()
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			CyclicBarrier start = new CyclicBarrier(8);
			List<CompletableFuture<Void>> threads = IntStream.range(0, 8)
				.mapToObj((thread) -> this.prefix + "." + thread)
				.map((subject) -> CompletableFuture.runAsync(() -> publish(nats, subject, start), EACH_ITS_THREAD))
				.toList();
			for (CompletableFuture<Void> thread : threads) {
				thread.get(30, TimeUnit.SECONDS);
			}
			assertThat(nats.spans().ended()).hasSize(8 * 100);
			assertThat(names(nats.spans().ended())).hasSize(LIMIT);
			assertThat(reader.collectAllMetrics())
				.filteredOn((metric) -> metric.getName().equals(MessagingMetrics.CLIENT_SENT_MESSAGES))
				.singleElement()
				.satisfies((metric) -> assertThat(metric.getData().getPoints()).hasSize(LIMIT));
		}
	}

	@Test
	void namesOfRequestsAndJetStreamPublishesAreBounded() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.prefix);
			List<CompletableFuture<?>> futures = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				futures.add(nats.connection().jetStream().publishAsync(this.prefix + "." + i, BODY));
				futures.add(nats.connection().request(this.prefix + "." + i, BODY));
			}
			for (CompletableFuture<?> future : futures) {
				future.get(10, TimeUnit.SECONDS);
			}
			assertThat(nats.spans().ended()).hasSize(1000);
			assertThat(names(nats.spans().ended())).hasSize(2 * LIMIT).contains("publish", "request");
		}
	}

	@Test
	void inboxesHaveOneNameHoweverManyThereAre() {
		try (TracedNats nats = TracedNats.start()) {
			Span work = nats.sdk().getTracer("test").spanBuilder("work").startSpan();
			try (Scope scope = work.makeCurrent()) {
				for (int i = 0; i < SUBJECTS; i++) {
					nats.connection().publish(nats.connection().createInbox(), BODY);
				}
			}
			work.end();
			assertThat(names(nats.spans().ended())).containsExactlyInAnyOrder("publish _INBOX", "work");
		}
	}

	@Test
	void templatesNameThemAll() {
		InMemoryMetricReader reader = InMemoryMetricReader.create();
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.templates(List.of(this.prefix + ".*")))
			.openTelemetry((openTelemetry) -> openTelemetry
				.setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build()))
			.start()) {
			publish(nats);
			assertThat(names(nats.spans().ended())).containsExactly("publish " + this.prefix + ".*");
			assertThat(reader.collectAllMetrics())
				.filteredOn((metric) -> metric.getName().equals(MessagingMetrics.CLIENT_SENT_MESSAGES))
				.singleElement()
				.satisfies((metric) -> assertThat(metric.getLongSumData().getPoints()).singleElement()
					.satisfies((point) -> {
						assertThat(point.getValue()).isEqualTo(SUBJECTS);
						Map<String, Object> expected = NatsAttributes.measured(nats, "publish");
						expected.put("messaging.destination.template", this.prefix + ".*");
						assertThat(NatsAttributes.of(point.getAttributes())).isEqualTo(expected);
					}));
		}
	}

	private static void publish(TracedNats nats, String subject, CyclicBarrier start) {
		try {
			start.await(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		IntStream.range(0, 100).forEach((i) -> nats.connection().publish(subject + "." + i, BODY));
	}

	private void publish(TracedNats nats) {
		IntStream.range(0, SUBJECTS).forEach((i) -> nats.connection().publish(this.prefix + "." + i, BODY));
	}

	private static Set<String> names(List<SpanData> spans) {
		return spans.stream().map(SpanData::getName).collect(Collectors.toCollection(HashSet::new));
	}

}
