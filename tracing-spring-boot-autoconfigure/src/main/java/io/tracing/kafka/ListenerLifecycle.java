// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.function.Predicate;

import io.tracing.messaging.MessagingTracing;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.KafkaBackoffAwareMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;

/**
 * Told when a consumer thread of a listener container starts and stops; each method is
 * called on that thread. The auto-configuration calls it for Spring Kafka's
 * {@code ConsumerStartingEvent} and {@code ConsumerStoppedEvent}. Without it everything
 * is traced but listeners that return a future: their spans end when the method returns.
 * Spans of share listeners lack the group then, and what the recoverer decides.
 */
public final class ListenerLifecycle {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final Predicate<String> listeners;

	/**
	 * Create a new instance.
	 * @param kafka how to trace
	 * @param listeners tells whether a listener is traced, by its id. Records that the
	 * others process make no process spans.
	 */
	public ListenerLifecycle(KafkaTracing kafka, Predicate<String> listeners) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.listeners = listeners;
	}

	/**
	 * The thread starts, and has not polled yet. Never throws.
	 * @param container the container, or its parent if it is one of several
	 */
	public void starting(MessageListenerContainer container) {
		if (!this.tracing.isEnabled()) {
			return;
		}
		try {
			boolean traced = this.listeners.test(String.valueOf(container.getListenerId()));
			boolean backsOff = false;
			boolean replies = false;
			if (traced && container instanceof AbstractMessageListenerContainer<?, ?> target && isOurs(target)) {
				Object listener = target.getContainerProperties().getMessageListener();
				replies = listener instanceof ReplyingKafkaTemplate<?, ?, ?> template
						&& observeReplies(new ReplyingTemplate(template), target);
				backsOff = observe(listener);
			}
			if (container instanceof AbstractShareKafkaMessageListenerContainer<?, ?> share) {
				ShareConsumerThread.start(share);
			}
			new ListenerThread(traced, backsOff, replies).start();
		}
		catch (Throwable ex) {
			this.tracing.faults().report("preparing the thread of a listener", ex);
		}
	}

	/**
	 * The thread is about to end, or to do something else. Never throws.
	 */
	public void stopped() {
		try {
			ShareConsumerThread.stop();
			ListenerThread thread = ListenerThread.current();
			if (thread != null) {
				thread.stop();
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("leaving the thread of a listener", ex);
		}
	}

	private static boolean isOurs(AbstractMessageListenerContainer<?, ?> container) {
		ContainerProperties properties = container.getContainerProperties();
		return container.getRecordInterceptor() instanceof TracingRecordInterceptor
				&& container.getBatchInterceptor() instanceof TracingBatchInterceptor
				&& !properties.isObservationEnabled() && properties.getObservationRegistry().isNoop();
	}

	/**
	 * Each thread of a container comes here, and the first finds the template free.
	 */
	private boolean observeReplies(ReplyingTemplate template, AbstractMessageListenerContainer<?, ?> container)
			throws Throwable {
		synchronized (container) {
			if (template.isFree()) {
				TracingRecordInterceptor<?, ?> interceptor = (TracingRecordInterceptor<?, ?>) container
					.getRecordInterceptor();
				template.observe(new ReplySpans(this.kafka, template, container, interceptor.server()).registry());
			}
			return template.isObservedByUs();
		}
	}

	/**
	 * Follow the container, which has set the registry of just such an adapter of records
	 * a moment ago, and never sets that of one of batches. A subclass may have one of its
	 * own.
	 * @return whether a record that is not due yet does not come to the adapter
	 */
	private static boolean observe(Object listener) {
		boolean backsOff = false;
		Object target = listener;
		while (target instanceof DelegatingMessageListener<?> delegating) {
			backsOff |= target instanceof KafkaBackoffAwareMessageListenerAdapter;
			target = delegating.getDelegate();
		}
		if (target instanceof RecordMessagingMessageListenerAdapter<?, ?> adapter
				&& adapter.getClass() == RecordMessagingMessageListenerAdapter.class) {
			adapter.setObservationRegistry(ListenerObservationRegistry.INSTANCE);
			return backsOff;
		}
		if (target instanceof BatchMessagingMessageListenerAdapter<?, ?> adapter
				&& adapter.getClass() == BatchMessagingMessageListenerAdapter.class) {
			adapter.setObservationRegistry(ListenerObservationRegistry.INSTANCE);
		}
		return false;
	}

}
