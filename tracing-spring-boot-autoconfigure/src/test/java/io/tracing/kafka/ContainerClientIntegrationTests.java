// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.TopicPartitionOffset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What listener containers do with their consumers has spans only where that is asked
 * for; what the application does with its own has them too.
 */
class ContainerClientIntegrationTests {

	@Test
	void consumerOfAContainerIsNotWrappedUnlessAskedFor() {
		String topic = KafkaBroker.newTopic("container");
		List<Class<?>> types = new CopyOnWriteArrayList<>();
		try (TracedKafka kafka = TracedKafka.start()) {
			KafkaMessageListenerContainer<Object, Object> container = container(kafka, topic, (properties) -> {
			}, (AcknowledgingConsumerAwareMessageListener<Object, Object>) (record, ack, consumer) -> types
				.add(consumer.getClass()));
			try {
				kafka.send(topic, "a book");
				await().until(() -> !types.isEmpty());
				assertThat(types.get(0).getName()).endsWith("ExtendedKafkaConsumer");
			}
			finally {
				container.stop();
			}
			assertThat(kafka.spans().ended()).noneMatch((span) -> span.getName().startsWith("poll"))
				.noneMatch((span) -> span.getName().startsWith("commit"));
		}
	}

	@Test
	void pollOfAContainerHasASpanIfAskedForAndCountsNothingTwice() {
		String topic = KafkaBroker.newTopic("container");
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.pollSpans(true))
			.messaging((messaging) -> messaging.metrics(new MicrometerMessagingMetrics(registry)))
			.start()) {
			kafka.send(topic, "a book");
			SpanData send = kafka.spans().await("send " + topic);
			kafka.listen(topic, Inbox.ofValues());
			SpanData process = kafka.spans().await("process " + topic);
			SpanData poll = kafka.spans().await("poll " + topic);
			assertThat(poll.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(poll.getParentSpanContext().isValid()).isFalse();
			assertThat(poll.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(send.getSpanId());
			assertThat(attributes(poll)).containsEntry("messaging.consumer.group.name", "billing")
				.containsEntry("messaging.client.id", attributes(process).get("messaging.client.id"));
			assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(registry.find(MessagingMetrics.CLIENT_CONSUMED_MESSAGES).counters())
				.satisfies((counters) -> assertThat(counters.stream().mapToDouble((counter) -> counter.count()).sum())
					.isEqualTo(1));
			assertThat(registry.find(MessagingMetrics.TIME_IN_QUEUE).summaries())
				.satisfies((summaries) -> assertThat(summaries.stream().mapToLong((summary) -> summary.count()).sum())
					.isEqualTo(1));
			assertThat(registry.get(MessagingMetrics.CLIENT_OPERATION_DURATION)
				.tag("messaging.operation.name", "poll")
				.summary()
				.count()).isEqualTo(1);
		}
	}

	@Test
	void containerThatIsLeftToSpringsObservationIsStillNoPollOfTheApplication() {
		String topic = KafkaBroker.newTopic("container");
		try (TracedKafka kafka = TracedKafka.start()) {
			Inbox<String> inbox = Inbox.ofValues();
			// Without a group, without an interceptor: nothing of ours on its thread.
			KafkaMessageListenerContainer<Object, Object> container = container(kafka, topic,
					(properties) -> properties.setObservationEnabled(true), inbox);
			try {
				kafka.send(topic, "a book");
				inbox.await();
			}
			finally {
				container.stop();
			}
			assertThat(kafka.spans().ended()).extracting(SpanData::getName).containsExactly("send " + topic);
		}
	}

	@Test
	void commitOfEachRecordIsAChildOfItsProcessSpan() {
		String topic = KafkaBroker.newTopic("container");
		try (TracedKafka kafka = committing()) {
			kafka.send(topic, "a book");
			kafka.send(topic, "a ball");
			kafka.listen(topic, Inbox.ofValues(), ackMode(AckMode.RECORD));
			List<SpanData> processes = kafka.spans().await("process " + topic, 2);
			List<SpanData> commits = kafka.spans().await("commit " + topic, 2);
			assertThat(commits).extracting(SpanData::getParentSpanId)
				.containsExactlyElementsOf(processes.stream().map(SpanData::getSpanId).toList());
			assertThat(commits).extracting(SpanData::getKind).containsOnly(SpanKind.CLIENT);
			assertThat(commits).extracting(SpanData::getStatus).containsOnly(StatusData.unset());
			String[] server = KafkaBroker.bootstrapServers().split(":");
			Map<String, Object> expected = new HashMap<>(Map.of("messaging.system", "kafka", "messaging.operation.name",
					"commit", "messaging.operation.type", "settle", "messaging.destination.name", topic,
					"messaging.destination.partition.id", "0", "messaging.kafka.offset", 1L,
					"messaging.consumer.group.name", "billing", "server.address", server[0], "server.port",
					Long.valueOf(server[1])));
			Map<String, Object> actual = attributes(commits.get(1));
			assertThat(actual.remove("messaging.client.id"))
				.isEqualTo(attributes(processes.get(1)).get("messaging.client.id"));
			assertThat(actual).as("the record's offset, not the next one").isEqualTo(expected);
		}
	}

	@Test
	void commitOfABatchIsARoot() {
		String topic = KafkaBroker.newTopic("container");
		try (TracedKafka kafka = committing()) {
			kafka.send(topic, "a book");
			kafka.listen(topic, Inbox.ofValues(), ackMode(AckMode.BATCH));
			assertThat(kafka.spans().await("commit " + topic).getParentSpanContext().isValid()).isFalse();
		}
	}

	@Test
	void asynchronousCommitEndsWithItsCallback() {
		String topic = KafkaBroker.newTopic("container");
		CompletableFuture<String> inCallback = new CompletableFuture<>();
		try (TracedKafka kafka = committing()) {
			kafka.send(topic, "a book");
			kafka.listen(topic, Inbox.ofValues(), ackMode(AckMode.RECORD).andThen((container) -> {
				container.getContainerProperties().setSyncCommits(false);
				container.getContainerProperties()
					.setCommitCallback(
							(offsets, exception) -> inCallback.complete(Span.current().getSpanContext().getSpanId()));
			}));
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(kafka.spans().await("commit " + topic).getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(inCallback).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(process.getSpanId());
		}
	}

	@Test
	void excludedTopicIsCommittedWithoutASpan() {
		String topic = KafkaBroker.newTopic("container");
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.commitSpans(true).topics((name) -> false))
			.start()) {
			kafka.send(topic, "a book");
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox, ackMode(AckMode.RECORD));
			inbox.await();
			try (Consumer<Object, Object> consumer = consumer(kafka, "excluded")) {
				consumer.assign(Set.of(new TopicPartition(topic, 0)));
				consumer.commitSync();
			}
			assertThat(kafka.spans().ended()).isEmpty();
		}
	}

	@Test
	void applicationCommitsInEveryWay() {
		String topic = KafkaBroker.newTopic("container", 2, Map.of());
		TopicPartition first = new TopicPartition(topic, 0);
		TopicPartition second = new TopicPartition(topic, 1);
		List<Object> heard = new CopyOnWriteArrayList<>();
		OffsetCommitCallback callback = (offsets, exception) -> heard
			.add((exception != null) ? exception : offsets.keySet());
		try (TracedKafka kafka = committing()) {
			try (Consumer<Object, Object> consumer = consumer(kafka, topic)) {
				consumer.assign(Set.of(first, second));
				consumer.seek(first, 0);
				consumer.seek(second, 0);
				consumer.commitSync();
				consumer.commitSync(Duration.ofSeconds(10));
				consumer.commitSync(Map.of(first, new OffsetAndMetadata(42)));
				consumer.commitSync(Map.of(first, new OffsetAndMetadata(43)), Duration.ofSeconds(10));
				consumer.commitAsync();
				consumer.commitAsync(callback);
				consumer.commitAsync(Map.of(first, new OffsetAndMetadata(44), second, new OffsetAndMetadata(1)),
						callback);
				consumer.commitSync();
				assertThat(heard).containsExactly(Set.of(first, second), Set.of(first, second));
				assertThat(consumer.committed(Set.of(first)).get(first).offset()).isZero();
			}
			List<SpanData> commits = kafka.spans().await("commit " + topic, 8);
			assertThat(commits).allMatch((span) -> span.getStatus().getStatusCode() == StatusCode.UNSET)
				.filteredOn((span) -> attributes(span).containsKey("messaging.destination.partition.id"))
				.extracting((span) -> attributes(span).get("messaging.kafka.offset"))
				.containsExactly(41L, 42L);
			assertThat(kafka.spans().open()).isZero();
		}
	}

	@Test
	void failedCommitReachesTheCallerAndIsAnError() {
		String topic = KafkaBroker.newTopic("container");
		CommitFailedException failure = new CommitFailedException("too late");
		try (TracedKafka kafka = committing()) {
			MockConsumer<Object, Object> mock = new MockConsumer<>("earliest") {

				@Override
				public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
					throw failure;
				}

				@Override
				public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
						OffsetCommitCallback callback) {
					callback.onComplete(offsets, failure);
				}

			};
			Consumer<Object, Object> consumer = kafka.tracing().wrap(mock, Map.of());
			Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(new TopicPartition(topic, 0),
					new OffsetAndMetadata(1));
			assertThatThrownBy(() -> consumer.commitSync(offsets)).isSameAs(failure);
			CompletableFuture<Exception> heard = new CompletableFuture<>();
			consumer.commitAsync(offsets, (committed, exception) -> heard.complete(exception));
			assertThat(heard).isCompletedWithValue(failure);
			consumer.commitAsync(offsets, null);
			assertThat(kafka.spans().await("commit " + topic, 3)).allSatisfy((span) -> assertThat(attributes(span))
				.containsEntry("error.type", CommitFailedException.class.getName()));
		}
	}

	@Test
	void commitThatIsNeverAnsweredEndsWithItsConsumer() {
		String topic = KafkaBroker.newTopic("container");
		try (TracedKafka kafka = committing()) {
			MockConsumer<Object, Object> silent = new MockConsumer<>("earliest") {

				@Override
				public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
						OffsetCommitCallback callback) {
				}

			};
			Consumer<Object, Object> consumer = kafka.tracing().wrap(silent, Map.of());
			consumer.commitAsync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)), null);
			assertThat(kafka.spans().open()).isEqualTo(1);
			consumer.close();
			SpanData commit = kafka.spans().await("commit " + topic);
			assertThat(commit.getStatus().getDescription())
				.isEqualTo("the consumer was closed before the commit was answered");
		}
	}

	private static TracedKafka committing() {
		UnaryOperator<KafkaTracingBuilder> commitSpans = (builder) -> builder.commitSpans(true);
		return TracedKafka.builder().kafka(commitSpans).start();
	}

	private static java.util.function.Consumer<ConcurrentMessageListenerContainer<Object, Object>> ackMode(
			AckMode mode) {
		return (container) -> container.getContainerProperties().setAckMode(mode);
	}

	private static KafkaMessageListenerContainer<Object, Object> container(TracedKafka kafka, String topic,
			java.util.function.Consumer<ContainerProperties> customizer, MessageListener<Object, Object> listener) {
		ContainerProperties properties = new ContainerProperties(new TopicPartitionOffset(topic, 0, 0L));
		properties.setMessageListener(listener);
		properties.setAckMode(AckMode.MANUAL);
		customizer.accept(properties);
		DefaultKafkaConsumerFactory<Object, Object> factory = new DefaultKafkaConsumerFactory<>(configuration());
		kafka.tracing().instrument(factory);
		KafkaMessageListenerContainer<Object, Object> container = new KafkaMessageListenerContainer<>(factory,
				properties);
		container.start();
		return container;
	}

	private static Consumer<Object, Object> consumer(TracedKafka kafka, String group) {
		DefaultKafkaConsumerFactory<Object, Object> factory = new DefaultKafkaConsumerFactory<>(configuration());
		kafka.tracing().instrument(factory);
		return factory.createConsumer(group, null);
	}

	private static Map<String, Object> configuration() {
		return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
				ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false, ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
				StringDeserializer.class, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new HashMap<>();
		span.getAttributes().asMap().forEach((key, value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

}
