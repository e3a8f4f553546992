// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;

import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

import org.springframework.kafka.requestreply.CorrelationKey;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;

/**
 * What a {@code ReplyingKafkaTemplate} tells its subclasses alone: whether somebody still
 * waits for a reply. The methods are protected, and part of its API; subclasses override
 * them, so that they are called and not imitated.
 */
final class ReplyingTemplate {

	private static final MethodHandle REGISTRY;

	private static final MethodHandle HEADER;

	private static final MethodHandle IS_BINARY;

	private static final MethodHandle IS_PENDING;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(ReplyingKafkaTemplate.class,
					MethodHandles.lookup());
			REGISTRY = find(lookup, "getObservationRegistry", MethodType.methodType(ObservationRegistry.class));
			HEADER = find(lookup, "getCorrelationHeaderName", MethodType.methodType(String.class));
			IS_BINARY = find(lookup, "isBinaryCorrelation", MethodType.methodType(boolean.class));
			IS_PENDING = find(lookup, "isPending", MethodType.methodType(boolean.class, Object.class));
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ReplyingKafkaTemplate<?, ?, ?> template;

	ReplyingTemplate(ReplyingKafkaTemplate<?, ?, ?> template) {
		this.template = template;
	}

	private static MethodHandle find(MethodHandles.Lookup lookup, String name, MethodType type)
			throws ReflectiveOperationException {
		return lookup.findVirtual(ReplyingKafkaTemplate.class, name, type);
	}

	/**
	 * Whether nobody observes the replies. With a {@code KafkaAdmin} the template would
	 * ask the broker for the id of its cluster to tell an observation, and wait for it.
	 */
	boolean isFree() throws Throwable {
		return ((ObservationRegistry) REGISTRY.invoke(this.template)).isNoop() && this.template.getKafkaAdmin() == null;
	}

	boolean isObservedByUs() throws Throwable {
		return (ObservationRegistry) REGISTRY.invoke(this.template) instanceof ListenerObservationRegistry;
	}

	void observe(ObservationRegistry registry) {
		this.template.setObservationRegistry(registry);
	}

	/**
	 * Whether somebody waits for a reply, as the template is about to find out itself.
	 */
	boolean isAwaited(ConsumerRecord<?, ?> reply) throws Throwable {
		Header header = reply.headers().lastHeader((String) HEADER.invoke(this.template));
		if (header == null || header.value() == null) {
			return false;
		}
		Object correlation = (boolean) IS_BINARY.invoke(this.template) ? new CorrelationKey(header.value())
				: new String(header.value(), StandardCharsets.UTF_8);
		return (boolean) IS_PENDING.invoke(this.template, correlation);
	}

}
