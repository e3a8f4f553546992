// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.kafka.KafkaTracing;
import io.tracing.kafka.ListenerLifecycle;
import io.tracing.kafka.ShareListenerTracing;
import io.tracing.kafka.TracingBatchInterceptor;
import io.tracing.kafka.TracingProducerListener;
import io.tracing.kafka.TracingRecordInterceptor;
import io.tracing.messaging.MessagingTracing;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Auto-configuration for the tracing of Kafka.
 */
@AutoConfiguration(after = TracingAutoConfiguration.class)
@ConditionalOnClass(KafkaTemplate.class)
@EnableConfigurationProperties(KafkaTracingProperties.class)
@ImportRuntimeHints(KafkaTracingRuntimeHints.class)
public final class KafkaTracingAutoConfiguration {

	KafkaTracingAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	KafkaTracing kafkaTracing(MessagingTracing messaging, TracingProperties shared, KafkaTracingProperties properties,
			BeanFactory beans) {
		return KafkaTracing.builder(messaging)
			.captureKey(properties.captureKey())
			.propagation(properties.propagation())
			.captureHeaders(shared.captureHeaders())
			.topics(properties.topics())
			.untrusted(properties.untrustedTopics())
			.recordSpansInBatch(properties.consumer().recordSpansInBatch())
			.pollSpans(properties.consumer().pollSpans())
			.commitSpans(properties.consumer().commitSpans())
			.producerListener(beans.getBean(TracingProducerListener.class))
			.build();
	}

	// Boot looks interceptors and producer listeners up as unique: a default candidate
	// would push the user's out, or fail the start.
	@Bean(defaultCandidate = false)
	@Conditional(OnNoBeanOfType.NoTracingRecordInterceptor.class)
	TracingRecordInterceptor<Object, Object> tracingRecordInterceptor(KafkaTracing kafka) {
		return new TracingRecordInterceptor<>(kafka);
	}

	@Bean(defaultCandidate = false)
	@Conditional(OnNoBeanOfType.NoTracingBatchInterceptor.class)
	TracingBatchInterceptor<Object, Object> tracingBatchInterceptor(KafkaTracing kafka) {
		return new TracingBatchInterceptor<>(kafka);
	}

	@Bean(defaultCandidate = false)
	@Conditional(OnNoBeanOfType.NoTracingProducerListener.class)
	TracingProducerListener tracingProducerListener(MessagingTracing messaging) {
		return new TracingProducerListener(messaging);
	}

	@Bean
	ListenerLifecycleEvents listenerLifecycleEvents(KafkaTracing kafka, KafkaTracingProperties properties) {
		return new ListenerLifecycleEvents(new ListenerLifecycle(kafka, properties.listeners()));
	}

	@Bean
	@ConditionalOnMissingBean
	ShareListenerTracing shareListenerTracing(KafkaTracing kafka) {
		return new ShareListenerTracing(kafka);
	}

	@Bean
	static KafkaTracingBeanPostProcessor kafkaTracingBeanPostProcessor(ObjectProvider<TracingSource> source,
			ObjectProvider<TracingReport> report, BeanFactory beans, Environment environment) {
		return new KafkaTracingBeanPostProcessor(source, report, beans, environment);
	}

}
