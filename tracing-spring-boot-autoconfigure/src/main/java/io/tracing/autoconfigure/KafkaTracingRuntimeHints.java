// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;

/**
 * Tells an ahead-of-time build about the proxies around clients, about the fields of
 * templates that have no getter, and about their methods for subclasses.
 */
final class KafkaTracingRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.proxies().registerJdkProxy(Producer.class);
		hints.proxies().registerJdkProxy(Consumer.class);
		hints.proxies().registerJdkProxy(ShareConsumer.class);
		hints.reflection()
			.registerType(KafkaTemplate.class,
					(type) -> type.withField(SpringObservation.TEMPLATE_FIELD)
						.withMembers(MemberCategory.INVOKE_DECLARED_METHODS))
			.registerType(RoutingKafkaTemplate.class, (type) -> type.withField(RoutedFactories.FIELD))
			.registerType(ReplyingKafkaTemplate.class, MemberCategory.INVOKE_DECLARED_METHODS);
	}

}
