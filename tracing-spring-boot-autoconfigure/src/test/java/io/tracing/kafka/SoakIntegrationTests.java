// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.tracing.testing.CountedSpans;
import io.tracing.testing.KafkaBroker;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many messages through everything at once: record, batch, asynchronous and share
 * listeners of one topic, failures that are retried and buried, hostile headers, sends
 * that fail, consumers that come and go in the middle. Afterwards no span is open, no
 * thread holds a context, and nothing has piled up.
 */
class SoakIntegrationTests {

	private static final int MESSAGES = 200_000;

	// Of how many messages one comes to the slower kinds of listeners as well.
	private static final int FEW = 4;

	// What a leak of a mere 50 bytes a message would exceed.
	private static final long FLAT = MESSAGES * 50L;

	private final CountedSpans spans = new CountedSpans();

	private final String topic = KafkaBroker.newTopic("soak", 4, Map.of());

	private final String topicOfFew = KafkaBroker.newTopic("soak-few", 4, Map.of());

	private final String deadLetters = KafkaBroker.newTopic("soak-dead", 1, Map.of());

	@Test
	void everySpanEndsAndNothingPilesUp() {
		OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
			.setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(this.spans).build())
			.setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
			.build();
		KafkaTracing tracing = KafkaTracing.create(sdk);
		DefaultKafkaProducerFactory<String, String> producers = new DefaultKafkaProducerFactory<>(
				Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
						ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
						ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, SoakMessages.FailingSerializer.class,
						ProducerConfig.BUFFER_MEMORY_CONFIG, 4 << 20, ProducerConfig.LINGER_MS_CONFIG, 5));
		tracing.instrument(producers);
		KafkaTemplate<String, String> template = new KafkaTemplate<>(producers);
		SoakContainers containers = new SoakContainers(tracing, template, this.deadLetters);
		SoakGroup futures = new SoakGroup("soak-futures", this.topicOfFew, FEW, containers::ofFutures);
		List<SoakGroup> groups = List.of(new SoakGroup("soak-records", this.topic, 1, containers::ofRecords),
				new SoakGroup("soak-batches", this.topic, 1, containers::ofBatches), futures,
				new SoakGroup("soak-shares", this.topicOfFew, FEW, containers::ofShares));
		KafkaBroker.shareFromTheBeginning("soak-shares");
		try {
			send(template, 0, MESSAGES / 4);
			groups.forEach(SoakGroup::start);
			groups.forEach((group) -> group.await(MESSAGES / 4));
			long before = heapAfterCollection();

			for (int quarter = 1; quarter < 4; quarter++) {
				int sent = quarter * MESSAGES / 4;
				send(template, sent, sent + MESSAGES / 4);
				groups.forEach((group) -> group.scaleUpAndDown(sent + MESSAGES / 16));
				groups.forEach(SoakGroup::stopAndStart);
				groups.forEach((group) -> group.await(sent + MESSAGES / 4));
			}
			long after = heapAfterCollection();

			assertThat(after - before).as("growth of the heap, from %d bytes", before).isLessThan(FLAT);
		}
		finally {
			groups.forEach(SoakGroup::stop);
			containers.close();
			producers.destroy();
		}
		Awaitility.await("every span to end").atMost(Duration.ofSeconds(10)).until(() -> this.spans.open() == 0);
		containers.assertClean();
		assertThat(containers.assignments()).as("assignments, of which twelve are the first ones").isGreaterThan(24);
		// Of the failures of futures Spring Kafka forgets some, traced or not.
		groups.forEach((group) -> group.assertBuried((group != futures) ? MESSAGES : MESSAGES / 4));
		assertThat(this.spans.started()).as("a send and an attempt for each message, of few two, beside batches")
			.isGreaterThan(2L * SoakMessages.arriving(1, MESSAGES) + 3L * SoakMessages.arriving(FEW, MESSAGES));
		sdk.close();
	}

	private void send(KafkaTemplate<String, String> template, int from, int to) {
		SoakMessages.send(template, this.topic, 1, from, to);
		SoakMessages.send(template, this.topicOfFew, FEW, from, to);
	}

	private static long heapAfterCollection() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
