// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;

/**
 * What one thread of a share container is busy with: the delivery at hand, which after a
 * failure waits for the recoverer.
 */
final class ShareConsumerThread {

	private static final ThreadLocal<@Nullable ShareConsumerThread> CURRENT = new ThreadLocal<>();

	private final @Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container;

	private final boolean started;

	private @Nullable ShareConsumer<?, ?> consumer;

	private @Nullable KafkaOperations operations;

	private @Nullable ShareDelivery delivery;

	private ShareConsumerThread(@Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container, boolean started) {
		this.container = container;
		this.started = started;
	}

	static void start(AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		stop();
		CURRENT.set(new ShareConsumerThread(container, true));
	}

	static void stop() {
		closeCurrent();
		CURRENT.remove();
	}

	/**
	 * This thread, with nothing left of the delivery before, also if nobody told that a
	 * container starts on it.
	 */
	static ShareConsumerThread idle(@Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		closeCurrent();
		ShareConsumerThread thread = CURRENT.get();
		if (thread == null) {
			thread = new ShareConsumerThread(container, false);
			CURRENT.set(thread);
		}
		return thread;
	}

	static void closeCurrent() {
		ShareConsumerThread thread = CURRENT.get();
		if (thread != null) {
			thread.close();
		}
	}

	static @Nullable ShareDelivery delivery() {
		ShareConsumerThread thread = CURRENT.get();
		return (thread != null) ? thread.delivery : null;
	}

	@Nullable AbstractShareKafkaMessageListenerContainer<?, ?> container() {
		return this.container;
	}

	KafkaOperations operations(ShareListenerTracing tracing, @Nullable ShareConsumer<?, ?> consumer) {
		KafkaOperations operations = this.operations;
		if (operations == null || this.consumer != consumer) {
			operations = tracing.operations(this.container, consumer);
			this.operations = operations;
			this.consumer = consumer;
		}
		return operations;
	}

	void begin(ShareDelivery delivery) {
		this.delivery = delivery;
	}

	/**
	 * Take the delivery off the thread, and end its span if nobody has.
	 */
	void close() {
		ShareDelivery open = this.delivery;
		if (open != null) {
			this.delivery = null;
			open.close();
		}
		if (!this.started) {
			// Nobody will tell that the container stops.
			CURRENT.remove();
		}
	}

}
