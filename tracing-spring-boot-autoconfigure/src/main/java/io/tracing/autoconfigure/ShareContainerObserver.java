// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.kafka.ShareListenerTracing;
import io.tracing.messaging.Faults;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.kafka.event.ConsumerStartingEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.KafkaEvent;
import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;

/**
 * Hears which share container starts and stops on which thread: containers say so on the
 * thread itself.
 */
final class ShareContainerObserver implements ApplicationListener<KafkaEvent> {

	private static final String CONTAINER = ShareKafkaMessageListenerContainer.class.getName();

	private final ObjectProvider<ShareListenerTracing> shareListeners;

	private final ObjectProvider<Faults> faults;

	ShareContainerObserver(ObjectProvider<ShareListenerTracing> shareListeners, ObjectProvider<Faults> faults) {
		this.shareListeners = shareListeners;
		this.faults = faults;
	}

	@Override
	public void onApplicationEvent(KafkaEvent event) {
		try {
			if (event.getSource() instanceof AbstractShareKafkaMessageListenerContainer<?, ?> container
					&& isOnItsThread()) {
				observe(event, container);
			}
		}
		catch (Throwable ex) {
			// The container would not consume.
			this.faults.ifAvailable((faults) -> faults.report("observing a share container", ex));
		}
	}

	private void observe(KafkaEvent event, AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		if (event instanceof ConsumerStartingEvent) {
			this.shareListeners.getObject().consumerStarting(container);
		}
		else if (event instanceof ConsumerStoppedEvent) {
			this.shareListeners.getObject().consumerStopped();
		}
	}

	/**
	 * An application can have its events delivered by an executor.
	 */
	private static boolean isOnItsThread() {
		return StackWalker.getInstance()
			.walk((frames) -> frames.anyMatch((frame) -> frame.getClassName().startsWith(CONTAINER)));
	}

}
