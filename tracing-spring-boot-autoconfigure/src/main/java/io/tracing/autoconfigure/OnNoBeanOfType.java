// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.kafka.TracingBatchInterceptor;
import io.tracing.kafka.TracingProducerListener;
import io.tracing.kafka.TracingRecordInterceptor;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where there is no bean of a type. {@code @ConditionalOnMissingBean} overlooks
 * beans that are not default candidates, and those are what a user's own beans of these
 * types have to be: Boot would take them for the application's.
 */
abstract class OnNoBeanOfType implements ConfigurationCondition {

	private final Class<?> type;

	private OnNoBeanOfType(Class<?> type) {
		this.type = type;
	}

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		return beans == null || beans.getBeanNamesForType(this.type, true, false).length == 0;
	}

	/** Matches where the user has no interceptor of this kind. */
	static final class NoTracingRecordInterceptor extends OnNoBeanOfType {

		NoTracingRecordInterceptor() {
			super(TracingRecordInterceptor.class);
		}

	}

	/** Matches where the user has no interceptor of batches of this kind. */
	static final class NoTracingBatchInterceptor extends OnNoBeanOfType {

		NoTracingBatchInterceptor() {
			super(TracingBatchInterceptor.class);
		}

	}

	/** Matches where the user has no listener of this kind. */
	static final class NoTracingProducerListener extends OnNoBeanOfType {

		NoTracingProducerListener() {
			super(TracingProducerListener.class);
		}

	}

}
