// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;

import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.OperationType;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;

/**
 * Traces consumers: those that the application polls, always; those that a listener
 * container polls only as far as it is asked for, because what the application sees of
 * them is its listener.
 */
final class ConsumerTracing {

	private static final StackWalker STACK = StackWalker.getInstance();

	private static final String CONTAINER = KafkaMessageListenerContainer.class.getName();

	private static final String SHARE_CONTAINER = ShareKafkaMessageListenerContainer.class.getName();

	private final KafkaTracing kafka;

	private final boolean pollSpans;

	private final boolean commitSpans;

	ConsumerTracing(KafkaTracing kafka, boolean pollSpans, boolean commitSpans) {
		this.kafka = kafka;
		this.pollSpans = pollSpans;
		this.commitSpans = commitSpans;
	}

	<K, V> boolean instrument(ConsumerFactory<K, V> factory) {
		if (this.kafka.messaging().isEnabled() && !isTraced(factory)) {
			factory.addPostProcessor(new TracingConsumerPostProcessor<>(this.kafka, factory));
		}
		return isTraced(factory);
	}

	static boolean isTraced(ConsumerFactory<?, ?> factory) {
		return factory.getPostProcessors().stream().anyMatch(TracingConsumerPostProcessor.class::isInstance);
	}

	<K, V> Consumer<K, V> wrap(Consumer<K, V> consumer, Map<String, ?> configuration) {
		if (!this.kafka.messaging().isEnabled() || ClientProxy.isOne(consumer)) {
			return consumer;
		}
		try {
			boolean ofContainer = isMadeByContainer();
			if (ofContainer && !this.pollSpans && !this.commitSpans) {
				return consumer;
			}
			MessagingClient client = new MessagingClient(KafkaTracing.SYSTEM, KafkaClientId.of(consumer.metrics()),
					group(consumer), BootstrapServers.singleServer(configuration));
			ReceiveSpans receives = (!ofContainer || this.pollSpans)
					? new ReceiveSpans(this.kafka,
							new KafkaOperations(this.kafka, OperationType.RECEIVE, "poll", client), !ofContainer)
					: null;
			CommitSpans commits = this.commitSpans ? new CommitSpans(this.kafka,
					new KafkaOperations(this.kafka, OperationType.SETTLE, "commit", client)) : null;
			return new TracingConsumer<>(consumer, receives, commits).as(Consumer.class);
		}
		catch (Throwable ex) {
			this.kafka.messaging().faults().report("wrapping a Kafka consumer", ex);
			return consumer;
		}
	}

	<K, V> ShareConsumer<K, V> wrap(ShareConsumer<K, V> consumer, Map<String, ?> configuration) {
		if (!this.kafka.messaging().isEnabled() || ClientProxy.isOne(consumer)) {
			return consumer;
		}
		try {
			boolean ofContainer = isMadeByContainer();
			if (ofContainer && !this.pollSpans) {
				return consumer;
			}
			Object group = configuration.get(CommonClientConfigs.GROUP_ID_CONFIG);
			MessagingClient client = new MessagingClient(KafkaTracing.SYSTEM, KafkaClientId.of(consumer.metrics()),
					(group != null) ? group.toString() : null, BootstrapServers.singleServer(configuration));
			ReceiveSpans receives = new ReceiveSpans(this.kafka,
					new KafkaOperations(this.kafka, OperationType.RECEIVE, "poll", client), !ofContainer);
			return new TracingShareConsumer<>(consumer, receives).as(ShareConsumer.class);
		}
		catch (Throwable ex) {
			this.kafka.messaging().faults().report("wrapping a Kafka share consumer", ex);
			return consumer;
		}
	}

	/**
	 * Whether a listener container is being started: each makes its consumer while it
	 * constructs what will run on its thread. The one thing that tells them apart: the
	 * thread does not, as a listener may call {@code KafkaTemplate.receive}, nor does the
	 * interceptor, as a container need not have ours.
	 */
	private static boolean isMadeByContainer() {
		return STACK.walk((frames) -> frames.filter((frame) -> frame.getMethodName().equals("<init>"))
			.map(StackWalker.StackFrame::getClassName)
			.anyMatch((name) -> name.startsWith(CONTAINER) || name.startsWith(SHARE_CONTAINER)));
	}

	private static @Nullable String group(Consumer<?, ?> consumer) {
		try {
			ConsumerGroupMetadata metadata = consumer.groupMetadata();
			return (metadata != null) ? metadata.groupId() : null;
		}
		catch (InvalidGroupIdException ex) {
			// It has no group: its partitions are assigned.
			return null;
		}
	}

}
