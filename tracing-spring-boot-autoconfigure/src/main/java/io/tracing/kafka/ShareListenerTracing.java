// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.OperationType;
import org.aopalliance.aop.Advice;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.config.ShareKafkaListenerContainerFactory;
import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;

/**
 * Traces the listeners of share groups (queues for Kafka, KIP-932). Their containers have
 * no interceptors, but they have an advice chain around the listener.
 */
public final class ShareListenerTracing {

	private final KafkaTracing kafka;

	private final ShareContainerAccess access;

	private final Map<MessagingClient, KafkaOperations> operations = new ConcurrentHashMap<>();

	/**
	 * Create an instance.
	 * @param kafka how to trace
	 */
	public ShareListenerTracing(KafkaTracing kafka) {
		this.kafka = kafka;
		this.access = new ShareContainerAccess(kafka.messaging().faults());
	}

	/**
	 * Trace the listeners of the containers that a factory will make, around the advice
	 * that it has. For the group, the broker, and what the recoverer decides, it takes a
	 * {@link ListenerLifecycle} too: the advice is the same for all of the containers.
	 * @param factory the factory
	 */
	public void instrument(ShareKafkaListenerContainerFactory<?, ?> factory) {
		advise(factory.getContainerProperties(), new TracingShareAdvice(this.kafka, this, null));
	}

	/**
	 * Trace the listener of a container that no factory made, around the advice that it
	 * has. Takes effect when the container starts.
	 * @param container the container
	 */
	public void instrument(AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		advise(container.getContainerProperties(), new TracingShareAdvice(this.kafka, this, container));
	}

	private void advise(ContainerProperties properties, TracingShareAdvice advice) {
		if (this.kafka.messaging().isEnabled() && !isAdvised(properties)) {
			properties.setAdviceChain(Stream.concat(Stream.of(advice), Arrays.stream(properties.getAdviceChain()))
				.toArray(Advice[]::new));
		}
	}

	private static boolean isAdvised(ContainerProperties properties) {
		return Arrays.stream(properties.getAdviceChain()).anyMatch(TracingShareAdvice.class::isInstance);
	}

	KafkaOperations operations(@Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container,
			@Nullable ShareConsumer<?, ?> consumer) {
		String clientId = (consumer != null) ? KafkaClientId.of(consumer.metrics()) : null;
		MessagingClient client = (container != null)
				? new MessagingClient(KafkaTracing.SYSTEM, clientId, container.getGroupId(),
						BootstrapServers.singleServer(this.access.configuration(container)))
				: new MessagingClient(KafkaTracing.SYSTEM, clientId, null, null);
		return this.operations.computeIfAbsent(client,
				(key) -> new KafkaOperations(this.kafka, OperationType.PROCESS, "process", key));
	}

	/**
	 * See to it that we hear what the recoverer of a container decides.
	 * @param container the container
	 * @return whether we will
	 */
	boolean listenToRecoverer(AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		return this.access.decorateRecoverer(container, TracingShareRecoverer.class, TracingShareRecoverer::new);
	}

}
