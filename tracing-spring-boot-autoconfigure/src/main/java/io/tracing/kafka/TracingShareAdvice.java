// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingOperation;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties.ShareAckMode;
import org.springframework.kafka.support.ShareAcknowledgment;

/**
 * Makes a process span for each delivery of a record to a listener of a share group. It
 * goes around {@code onShareRecord(record, acknowledgment, consumer)} or, for a listener
 * that wants nothing but the record, {@code onMessage(record)}.
 */
final class TracingShareAdvice implements MethodInterceptor {

	private final KafkaTracing kafka;

	private final ProcessSpans spans;

	private final ShareListenerTracing listeners;

	private final @Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container;

	/**
	 * Create advice.
	 * @param kafka how to trace
	 * @param listeners what the containers have in common
	 * @param container the container it is for, {@code null} for those of a factory
	 */
	TracingShareAdvice(KafkaTracing kafka, ShareListenerTracing listeners,
			@Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		this.kafka = kafka;
		this.spans = new ProcessSpans(kafka);
		this.listeners = listeners;
		this.container = container;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		// The array itself: to change an element is to change the argument.
		@Nullable Object[] arguments = invocation.getArguments();
		if (arguments.length == 0 || !(arguments[0] instanceof ConsumerRecord<?, ?> record)) {
			return invocation.proceed();
		}
		ShareConsumerThread thread = ShareConsumerThread.idle(this.container);
		ShareDelivery delivery = begin(record, arguments, thread);
		if (delivery == null) {
			thread.close();
			return invocation.proceed();
		}
		boolean decided = true;
		try {
			Object result = invocation.proceed();
			delivery.succeeded();
			return result;
		}
		catch (Throwable ex) {
			delivery.failed(ex);
			// Containers leave an Error to nobody, and stop.
			decided = !(ex instanceof Exception && goesToRecoverer(thread));
			throw ex;
		}
		finally {
			if (decided) {
				thread.close();
			}
		}
	}

	private boolean goesToRecoverer(ShareConsumerThread thread) {
		AbstractShareKafkaMessageListenerContainer<?, ?> container = thread.container();
		return container != null && this.listeners.listenToRecoverer(container);
	}

	private @Nullable ShareDelivery begin(ConsumerRecord<?, ?> record, @Nullable Object[] arguments,
			ShareConsumerThread thread) {
		try {
			ShareConsumer<?, ?> consumer = (arguments.length > 2
					&& arguments[2] instanceof ShareConsumer<?, ?> argument) ? argument : null;
			MessagingOperation operation = thread.operations(this.listeners, consumer).on(record.topic());
			if (operation == null || !ListenerThread.isListenerTraced()) {
				return null;
			}
			Context producer = this.kafka.contextOf(record);
			AbstractShareKafkaMessageListenerContainer<?, ?> container = thread.container();
			ShareAckMode mode = (container != null) ? container.getContainerProperties().getShareAckMode() : null;
			ShareAcknowledgment acknowledgment = (arguments.length > 1
					&& arguments[1] instanceof ShareAcknowledgment argument) ? argument : null;
			if (acknowledgment != null) {
				mode = ShareAckMode.MANUAL;
			}
			ShareDelivery delivery = new ShareDelivery(record, this.spans.start(operation, record, producer), mode,
					this.kafka.messaging().faults());
			thread.begin(delivery);
			if (acknowledgment != null) {
				arguments[1] = new TracingShareAcknowledgment(acknowledgment, delivery).as(ShareAcknowledgment.class);
			}
			return delivery;
		}
		catch (Throwable ex) {
			this.kafka.messaging().faults().report("starting the span of a shared record", ex);
			return null;
		}
	}

}
