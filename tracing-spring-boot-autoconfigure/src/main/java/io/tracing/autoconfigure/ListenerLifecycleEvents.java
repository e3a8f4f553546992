// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.kafka.ListenerLifecycle;

import org.springframework.context.ApplicationListener;
import org.springframework.kafka.event.ConsumerStartingEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.KafkaEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Tells the tracing of listeners when their threads start and stop. Containers publish
 * both events on the thread in question.
 */
final class ListenerLifecycleEvents implements ApplicationListener<KafkaEvent> {

	private final ListenerLifecycle lifecycle;

	ListenerLifecycleEvents(ListenerLifecycle lifecycle) {
		this.lifecycle = lifecycle;
	}

	@Override
	public void onApplicationEvent(KafkaEvent event) {
		if (event instanceof ConsumerStartingEvent) {
			if (event.getContainer(Object.class) instanceof MessageListenerContainer container) {
				this.lifecycle.starting(container);
			}
		}
		else if (event instanceof ConsumerStoppedEvent) {
			this.lifecycle.stopped();
		}
	}

}
