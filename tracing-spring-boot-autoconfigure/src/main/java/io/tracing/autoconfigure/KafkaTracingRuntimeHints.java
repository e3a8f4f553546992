// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;
import org.springframework.kafka.listener.adapter.ShareRecordMessagingMessageListenerAdapter;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.kafka.support.ShareAcknowledgment;
import org.springframework.util.ClassUtils;

/**
 * Tells an ahead-of-time build about the proxies around clients and share listeners, and
 * about what templates and share containers have no getter for, or tell only their
 * subclasses.
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
		hints.proxies().registerJdkProxy(ShareAcknowledgment.class);
		hints.proxies()
			.registerJdkProxy(AopProxyUtils.completeJdkProxyInterfaces(
					ClassUtils.getAllInterfacesForClass(ShareRecordMessagingMessageListenerAdapter.class)));
		hints.reflection()
			.registerType(AbstractShareKafkaMessageListenerContainer.class,
					(type) -> type.withMethod("getShareConsumerRecordRecoverer", List.of(), ExecutableMode.INVOKE)
						.withField("shareConsumerFactory"));
	}

}
