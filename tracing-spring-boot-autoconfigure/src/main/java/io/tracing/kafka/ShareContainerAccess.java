// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.tracing.messaging.Faults;

import org.springframework.kafka.core.ShareConsumerFactory;
import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;
import org.springframework.kafka.listener.ShareConsumerRecordRecoverer;

/**
 * Reads what a share container tells only its subclasses: Spring Kafka 4.1 has a public
 * setter for the recoverer and a protected getter, and a protected field for the consumer
 * factory. Without either, spans lack what the recoverer decided, and the broker.
 */
final class ShareContainerAccess {

	private final Faults faults;

	ShareContainerAccess(Faults faults) {
		this.faults = faults;
	}

	/**
	 * Put a decorator around the recoverer, unless there is one.
	 * @return whether there is one now
	 */
	boolean decorateRecoverer(AbstractShareKafkaMessageListenerContainer<?, ?> container,
			Class<? extends ShareConsumerRecordRecoverer> decorated,
			UnaryOperator<ShareConsumerRecordRecoverer> decorator) {
		try {
			Method getter = AbstractShareKafkaMessageListenerContainer.class
				.getDeclaredMethod("getShareConsumerRecordRecoverer");
			getter.setAccessible(true);
			// The threads of a container share it.
			synchronized (container) {
				ShareConsumerRecordRecoverer recoverer = (ShareConsumerRecordRecoverer) getter.invoke(container);
				if (!decorated.isInstance(recoverer)) {
					container.setShareConsumerRecordRecoverer(decorator.apply(recoverer));
				}
				// A subclass may return what it likes.
				return decorated.isInstance(getter.invoke(container));
			}
		}
		catch (Throwable ex) {
			this.faults.report("finding the recoverer of a share container", ex);
			return false;
		}
	}

	/**
	 * The configuration of the consumers, empty if it is not known.
	 */
	Map<String, ?> configuration(AbstractShareKafkaMessageListenerContainer<?, ?> container) {
		try {
			Field factory = AbstractShareKafkaMessageListenerContainer.class.getDeclaredField("shareConsumerFactory");
			factory.setAccessible(true);
			return ((ShareConsumerFactory<?, ?>) factory.get(container)).getConfigurationProperties();
		}
		catch (UnsupportedOperationException ex) {
			// A factory of the user's own need not tell.
			return Map.of();
		}
		catch (Throwable ex) {
			this.faults.report("finding the consumer factory of a share container", ex);
			return Map.of();
		}
	}

}
