// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.messaging.Faults;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.NestedRuntimeException;
import org.springframework.core.env.Environment;

/**
 * Puts tracing into the beans of one broker's clients, Boot's or the user's. A
 * post-processor and not a customizer, because customizers reach what Boot makes and
 * nothing else.
 * <p>
 * The OpenTelemetry bean is looked up here, while the client is made, and not at the
 * first send: beans are destroyed in reverse, so that the SDK outlives the client and the
 * last spans are exported.
 */
abstract class BrokerBeanPostProcessor implements BeanPostProcessor {

	private final String name;

	private final ObjectProvider<TracingSource> source;

	private final ObjectProvider<TracingReport> report;

	final BeanFactory beans;

	final Environment environment;

	BrokerBeanPostProcessor(String name, ObjectProvider<TracingSource> source, ObjectProvider<TracingReport> report,
			BeanFactory beans, Environment environment) {
		this.name = name;
		this.source = source;
		this.report = report;
		this.beans = beans;
		this.environment = environment;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!isClient(bean)) {
			return bean;
		}
		TracingReport.Broker broker = broker();
		try {
			return isOn(broker) ? trace(bean, beanName, broker) : bean;
		}
		catch (Throwable ex) {
			if (ex instanceof NestedRuntimeException nested
					&& nested.contains(ConfigurationPropertiesBindException.class)) {
				// Also with lazy initialization a bad value stops the start.
				throw nested;
			}
			// Such as an exporter that itself sends through the broker: then
			// OpenTelemetry needs this bean before it can be had.
			broker.untraced("bean", beanName, "tracing it failed: " + NestedExceptionUtils.getMostSpecificCause(ex));
			this.beans.getBean(Faults.class).report("instrumenting the bean '" + beanName + "'", ex);
			return bean;
		}
	}

	final TracingReport.Broker broker() {
		return this.report.getObject().broker(this.name);
	}

	private boolean isOn(TracingReport.Broker broker) {
		String reason = this.source.getObject().isPresent() ? offReason() : this.source.getObject().description();
		if (reason != null) {
			broker.off(reason);
		}
		return reason == null;
	}

	/**
	 * Whether a bean is a client of this broker.
	 */
	abstract boolean isClient(Object bean);

	/**
	 * Why clients of this broker are not traced, {@code null} if they are. Properties are
	 * read here and not in a condition: an ahead-of-time build fixes conditions.
	 */
	abstract @Nullable String offReason();

	/**
	 * Trace a client.
	 * @return the bean to use
	 */
	abstract Object trace(Object bean, String beanName, TracingReport.Broker broker);

}
