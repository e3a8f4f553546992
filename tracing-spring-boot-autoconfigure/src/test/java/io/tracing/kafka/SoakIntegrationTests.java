// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.tracing.testing.KafkaBroker;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many messages through everything at once: record and batch listeners of one topic,
 * failures that are retried and buried, hostile headers, sends that fail, consumers that
 * come and go in the middle. Afterwards no span is open, no thread holds a context, and
 * nothing has piled up.
 */
class SoakIntegrationTests {

	private static final int MESSAGES = 200_000;

	private static final int FAILS_EVERY = 499;

	private static final int HOSTILE_EVERY = 1_009;

	private static final int UNSENDABLE_EVERY = 5_003;

	// What a leak of a mere 50 bytes a message would exceed.
	private static final long FLAT = MESSAGES * 50L;

	private final CountedSpans spans = new CountedSpans();

	private final String topic = KafkaBroker.newTopic("soak", 4, Map.of());

	private final String deadLetters = KafkaBroker.newTopic("soak-dead", 1, Map.of());

	private final List<Context> leaked = new CopyOnWriteArrayList<>();

	private final LongAdder rebalances = new LongAdder();

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
						ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, FailingSerializer.class,
						ProducerConfig.BUFFER_MEMORY_CONFIG, 4 << 20, ProducerConfig.LINGER_MS_CONFIG, 5));
		tracing.instrument(producers);
		KafkaTemplate<String, String> template = new KafkaTemplate<>(producers);
		Group records = new Group(tracing, template, "soak-records", false);
		Group batches = new Group(tracing, template, "soak-batches", true);
		try {
			send(template, 0, MESSAGES / 4);
			records.start();
			batches.start();
			records.await(MESSAGES / 4);
			batches.await(MESSAGES / 4);
			long before = heapAfterCollection();

			for (int quarter = 1; quarter < 4; quarter++) {
				int sent = quarter * MESSAGES / 4;
				send(template, sent, sent + MESSAGES / 4);
				records.scaleUpAndDown(sent + MESSAGES / 16);
				batches.scaleUpAndDown(sent + MESSAGES / 16);
				records.stopAndStart();
				batches.stopAndStart();
				records.await(sent + MESSAGES / 4);
				batches.await(sent + MESSAGES / 4);
			}
			long after = heapAfterCollection();

			assertThat(after - before).as("growth of the heap, from %d bytes", before).isLessThan(FLAT);
		}
		finally {
			records.stop();
			batches.stop();
			producers.destroy();
		}
		Awaitility.await("every span to end")
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.spans.ended.sum() == this.spans.started.sum());
		assertThat(this.leaked).as("contexts left on a consumer's thread").isEmpty();
		assertThat(this.rebalances.sum()).as("assignments, of which eight are the first ones").isGreaterThan(16);
		assertThat(records.buried.sum()).isGreaterThanOrEqualTo(expected(FAILS_EVERY));
		assertThat(batches.buried.sum()).isGreaterThanOrEqualTo(expected(FAILS_EVERY));
		assertThat(this.spans.started.sum()).as("a send and two attempts for each message, at least in batches")
			.isGreaterThan(2L * MESSAGES);
		sdk.close();
	}

	private static long expected(int every) {
		return IntStream.range(0, MESSAGES).filter((id) -> id % every == 1 && id % UNSENDABLE_EVERY != 1).count();
	}

	private void send(KafkaTemplate<String, String> template, int from, int to) {
		for (int id = from; id < to; id++) {
			ProducerRecord<String, String> record = new ProducerRecord<>(this.topic, Integer.toString(id % 64),
					Integer.toString(id));
			if (id % HOSTILE_EVERY == 1) {
				record.headers().add("traceparent", new byte[] { (byte) 0xff, 0, -1 }).add("tracestate", null);
			}
			try {
				template.send(record);
			}
			catch (RuntimeException ex) {
				assertThat(id % UNSENDABLE_EVERY).as(ex.toString()).isEqualTo(1);
			}
		}
		template.flush();
	}

	private static long heapAfterCollection() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/**
	 * The consumers of one group, all of which process every message at least once.
	 */
	private final class Group {

		private final BitSet processed = new BitSet(MESSAGES);

		private final LongAdder buried = new LongAdder();

		private final AtomicInteger number = new AtomicInteger();

		private final ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();

		private final ConcurrentLinkedDeque<ConcurrentMessageListenerContainer<String, String>> containers = new ConcurrentLinkedDeque<>();

		private final String name;

		private final boolean inBatches;

		Group(KafkaTracing tracing, KafkaTemplate<String, String> template, String name, boolean inBatches) {
			this.name = name;
			this.inBatches = inBatches;
			this.factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
					Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
							ConsumerConfig.GROUP_ID_CONFIG, name, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
							ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
							ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
							ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 128 << 10)));
			this.factory.setConcurrency(2);
			this.factory.setBatchListener(inBatches);
			DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(template,
					(record, exception) -> new TopicPartition(SoakIntegrationTests.this.deadLetters, 0));
			this.factory.setCommonErrorHandler(new DefaultErrorHandler((record, exception) -> {
				recoverer.accept(record, exception);
				this.buried.increment();
			}, new FixedBackOff(0, 1)));
			this.factory.getContainerProperties().setConsumerRebalanceListener(new CountedAssignments());
			tracing.instrument(this.factory);
		}

		void start() {
			ConcurrentMessageListenerContainer<String, String> container = this.factory
				.createContainer(SoakIntegrationTests.this.topic);
			container.getContainerProperties().setMessageListener(this.inBatches ? batchListener() : recordListener());
			container.setBeanName(this.name + "-" + this.number.incrementAndGet());
			container.start();
			this.containers.add(container);
		}

		private MessageListener<String, String> recordListener() {
			return (record) -> {
				int id = Integer.parseInt(record.value());
				done(id);
				if (id % FAILS_EVERY == 1) {
					throw new IllegalArgumentException("injected");
				}
			};
		}

		private BatchMessageListener<String, String> batchListener() {
			return (batch) -> {
				for (ConsumerRecord<String, String> record : batch) {
					int id = Integer.parseInt(record.value());
					done(id);
					if (id % FAILS_EVERY == 1) {
						throw new BatchListenerFailedException("injected", record);
					}
				}
			};
		}

		private void done(int id) {
			synchronized (this.processed) {
				this.processed.set(id);
			}
		}

		/**
		 * A second container joins, and leaves when there has been some progress.
		 */
		void scaleUpAndDown(int atLeast) {
			start();
			Awaitility.await("progress").atMost(Duration.ofSeconds(60)).until(() -> count() >= atLeast);
			this.containers.removeLast().stop();
		}

		void stopAndStart() {
			stop();
			start();
		}

		void stop() {
			this.containers.forEach(ConcurrentMessageListenerContainer::stop);
			this.containers.clear();
		}

		void await(int messages) {
			int sendable = messages
					- (int) IntStream.range(0, messages).filter((id) -> id % UNSENDABLE_EVERY == 1).count();
			Awaitility.await(this.name + " to process " + sendable)
				.atMost(Duration.ofSeconds(120))
				.until(() -> count() == sendable);
		}

		private int count() {
			synchronized (this.processed) {
				return this.processed.cardinality();
			}
		}

	}

	/**
	 * Called on the consumer's thread within a poll, where no context may be left.
	 */
	private final class CountedAssignments implements ConsumerAwareRebalanceListener {

		@Override
		public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			SoakIntegrationTests.this.rebalances.increment();
			check();
		}

		@Override
		public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			check();
		}

		private void check() {
			if (Context.current() != Context.root()) {
				SoakIntegrationTests.this.leaked.add(Context.current());
			}
		}

	}

	/**
	 * Cannot serialize one message in some thousands.
	 */
	public static final class FailingSerializer extends StringSerializer {

		@Override
		public byte[] serialize(String topic, String data) {
			if (topic.startsWith("soak-") && !topic.startsWith("soak-dead")
					&& Integer.parseInt(data) % UNSENDABLE_EVERY == 1) {
				throw new IllegalArgumentException("injected");
			}
			return super.serialize(topic, data);
		}

	}

	private static final class CountedSpans implements SpanProcessor {

		private final LongAdder started = new LongAdder();

		private final LongAdder ended = new LongAdder();

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
			this.started.increment();
		}

		@Override
		public boolean isStartRequired() {
			return true;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			this.ended.increment();
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

	}

}
