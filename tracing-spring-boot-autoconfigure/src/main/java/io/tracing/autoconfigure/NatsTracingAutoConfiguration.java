// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.nats.client.Connection;
import io.opentelemetry.api.OpenTelemetry;
import io.tracing.messaging.MessagingTracing;
import io.tracing.nats.NatsHeadersGetter;
import io.tracing.nats.NatsHeadersSetter;
import io.tracing.nats.NatsTracing;
import io.tracing.nats.NatsTracingBuilder;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the tracing of NATS.
 */
@AutoConfiguration(after = TracingAutoConfiguration.class)
@ConditionalOnClass(Connection.class)
@EnableConfigurationProperties(NatsTracingProperties.class)
@ImportRuntimeHints(NatsTracingRuntimeHints.class)
public final class NatsTracingAutoConfiguration {

	NatsTracingAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	NatsTracing natsTracing(MessagingTracing messaging, TracingProperties shared, NatsTracingProperties properties,
			Environment environment) {
		// Off and yielded are so for connections that are no beans as well.
		boolean on = properties.enabled() && OtherInstrumentation.ofNats(environment) == null;
		NatsTracingBuilder builder = NatsTracing.builder(on ? messaging : MessagingTracing.create(OpenTelemetry.noop()))
			.subjects(properties.subjects())
			.untrusted(properties.untrustedSubjects())
			.templates(properties.subjectTemplates())
			.captureHeaders(shared.captureHeaders())
			.captureKey(properties.captureKey())
			.propagation(properties.propagation())
			.settleSpans(properties.settleSpans())
			.advisories(properties.advisories());
		NatsTracingProperties.DualWrite dualWrite = properties.dualWrite();
		return dualWrite.subjects().isEmpty() ? builder.build()
				: builder.dualWrite(dualWrite.predicate(), dualWrite.field()).build();
	}

	// For code that handles messages by itself.
	@Bean
	@ConditionalOnMissingBean
	NatsHeadersGetter natsHeadersGetter() {
		return NatsHeadersGetter.INSTANCE;
	}

	@Bean
	@ConditionalOnMissingBean
	NatsHeadersSetter natsHeadersSetter() {
		return NatsHeadersSetter.INSTANCE;
	}

	@Bean
	static NatsTracingBeanPostProcessor natsTracingBeanPostProcessor(ObjectProvider<TracingSource> source,
			ObjectProvider<TracingReport> report, BeanFactory beans, Environment environment) {
		return new NatsTracingBeanPostProcessor(source, report, beans, environment);
	}

}
