// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.opentelemetry.context.Context;
import io.tracing.testing.KafkaBroker;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.MethodKafkaListenerEndpoint;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.event.ConsumerStartingEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.AcknowledgingShareConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.ShareAckMode;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes the traced containers of the soak, of every kind, and looks at the context of
 * their threads.
 */
final class SoakContainers implements AutoCloseable {

	private final List<Context> leaked = new CopyOnWriteArrayList<>();

	private final LongAdder assignments = new LongAdder();

	private final CheckedShareConsumers shareConsumers = new CheckedShareConsumers();

	private final ExecutorService workers = Executors.newFixedThreadPool(2);

	private final KafkaTracing tracing;

	private final KafkaTemplate<String, String> template;

	private final String deadLetters;

	private final ApplicationEventPublisher events;

	SoakContainers(KafkaTracing tracing, KafkaTemplate<String, String> template, String deadLetters) {
		this.tracing = tracing;
		this.template = template;
		this.deadLetters = deadLetters;
		ListenerLifecycle lifecycle = new ListenerLifecycle(tracing, (listener) -> true);
		this.events = (event) -> {
			if (event instanceof ConsumerStartingEvent starting) {
				lifecycle.starting(starting.getContainer(MessageListenerContainer.class));
			}
			else if (event instanceof ConsumerStoppedEvent) {
				lifecycle.stopped();
			}
		};
	}

	MessageListenerContainer ofRecords(SoakGroup group) {
		MessageListener<String, String> listener = (record) -> group.process(record.value());
		return container(group, listener);
	}

	MessageListenerContainer ofBatches(SoakGroup group) {
		BatchMessageListener<String, String> listener = (batch) -> {
			for (ConsumerRecord<String, String> record : batch) {
				try {
					group.process(record.value());
				}
				catch (IllegalArgumentException ex) {
					throw new BatchListenerFailedException(ex.getMessage(), ex, record);
				}
			}
		};
		return container(group, listener);
	}

	private MessageListenerContainer container(SoakGroup group, Object listener) {
		ConcurrentMessageListenerContainer<String, String> container = factory(group, 500,
				listener instanceof BatchMessageListener)
			.createContainer(group.topic());
		container.getContainerProperties().setMessageListener(listener);
		container.setBeanName(group.nextContainerName());
		return container;
	}

	/**
	 * Listeners as an annotated method that returns a future. A failure delivers again
	 * what the same poll brought, so that is less.
	 */
	MessageListenerContainer ofFutures(SoakGroup group) {
		DefaultMessageHandlerMethodFactory methods = new DefaultMessageHandlerMethodFactory();
		methods.afterPropertiesSet();
		MethodKafkaListenerEndpoint<String, String> endpoint = new MethodKafkaListenerEndpoint<>();
		endpoint.setId(group.nextContainerName());
		endpoint.setGroupId(group.name());
		endpoint.setTopics(group.topic());
		endpoint.setBean(new AsyncListener(group));
		endpoint.setMethod(
				Objects.requireNonNull(ReflectionUtils.findMethod(AsyncListener.class, "process", String.class)));
		endpoint.setMessageHandlerMethodFactory(methods);
		ConcurrentMessageListenerContainer<String, String> container = factory(group, 50, false)
			.createListenerContainer(endpoint);
		container.setApplicationEventPublisher(this.events);
		return container;
	}

	/**
	 * Listeners of a share group. What fails is delivered once more.
	 */
	MessageListenerContainer ofShares(SoakGroup group) {
		AcknowledgingShareConsumerAwareMessageListener<Object, Object> listener = (record, acknowledgment,
				consumer) -> group.process(String.valueOf(record.value()));
		ContainerProperties properties = new ContainerProperties(group.topic());
		properties.setGroupId(group.name());
		properties.setShareAckMode(ShareAckMode.EXPLICIT);
		properties.setMessageListener(listener);
		ShareKafkaMessageListenerContainer<Object, Object> container = new ShareKafkaMessageListenerContainer<>(
				this.shareConsumers, properties);
		container.setBeanName(group.nextContainerName());
		container.setConcurrency(2);
		container.setApplicationEventPublisher(this.events);
		container.setShareConsumerRecordRecoverer((record, exception) -> {
			if (record.deliveryCount().orElse((short) 1) < 2) {
				return AcknowledgeType.RELEASE;
			}
			this.template.send(this.deadLetters, String.valueOf(record.value()));
			group.buried();
			return AcknowledgeType.REJECT;
		});
		new ShareListenerTracing(this.tracing).instrument(container);
		return container;
	}

	private ConcurrentKafkaListenerContainerFactory<String, String> factory(SoakGroup group, int maxPollRecords,
			boolean inBatches) {
		ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();
		factory
			.setConsumerFactory(new DefaultKafkaConsumerFactory<>(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
					KafkaBroker.bootstrapServers(), ConsumerConfig.GROUP_ID_CONFIG, group.name(),
					ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest", ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
					StringDeserializer.class, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
					ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 128 << 10, ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
					maxPollRecords)));
		factory.setConcurrency(2);
		factory.setBatchListener(inBatches);
		DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(this.template,
				(record, exception) -> new TopicPartition(this.deadLetters, 0));
		factory.setCommonErrorHandler(new DefaultErrorHandler((record, exception) -> {
			recoverer.accept(record, exception);
			group.buried();
		}, new FixedBackOff(0, 1)));
		factory.getContainerProperties().setConsumerRebalanceListener(new CountedAssignments());
		this.tracing.instrument(factory);
		return factory;
	}

	/**
	 * How often partitions have been assigned. Nobody tells of those of share groups.
	 */
	long assignments() {
		return this.assignments.sum();
	}

	void assertClean() {
		assertThat(this.leaked).as("contexts left on a thread").isEmpty();
		this.shareConsumers.assertClean();
	}

	@Override
	public void close() {
		this.workers.shutdown();
		try {
			assertThat(this.workers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError("The workers did not end", ex);
		}
	}

	private void check() {
		if (Context.current() != Context.root()) {
			this.leaked.add(Context.current());
		}
	}

	private final class AsyncListener {

		private final SoakGroup group;

		private AsyncListener(SoakGroup group) {
			this.group = group;
		}

		/**
		 * The worker completes the future, and goes on to the next message with whatever
		 * that left on its thread.
		 */
		CompletableFuture<Void> process(String value) {
			return CompletableFuture.runAsync(() -> {
				check();
				this.group.process(value);
			}, SoakContainers.this.workers);
		}

	}

	/**
	 * Called on the consumer's thread within a poll, where no context may be left.
	 */
	private final class CountedAssignments implements ConsumerAwareRebalanceListener {

		@Override
		public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			SoakContainers.this.assignments.increment();
			check();
		}

		@Override
		public void onPartitionsRevokedBeforeCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
			check();
		}

	}

}
