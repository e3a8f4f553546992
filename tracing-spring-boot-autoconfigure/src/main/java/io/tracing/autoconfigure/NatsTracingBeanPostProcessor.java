// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.nats.client.BaseConsumerContext;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.KeyValue;
import io.nats.client.ObjectStore;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.tracing.messaging.ClientProxy;
import io.tracing.nats.NatsTracing;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Wraps every NATS connection that is a bean. What the application makes of such a
 * connection is wrapped by itself; beans that were made of another one are named in the
 * report, because they are not traced.
 */
final class NatsTracingBeanPostProcessor extends BrokerBeanPostProcessor
		implements SmartInstantiationAwareBeanPostProcessor {

	// What was given to others before it was finished, by names of beans.
	private final Map<String, Object> exposed = new ConcurrentHashMap<>();

	NatsTracingBeanPostProcessor(ObjectProvider<TracingSource> source, ObjectProvider<TracingReport> report,
			BeanFactory beans, Environment environment) {
		super("NATS", source, report, beans, environment);
	}

	/**
	 * Only where circular references are allowed. All get the same object: Spring stops
	 * the start if there are two of a bean.
	 */
	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		if (!(bean instanceof Connection)) {
			return bean;
		}
		this.exposed.put(beanName, bean);
		return super.postProcessAfterInitialization(bean, beanName);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (this.exposed.remove(beanName, bean)) {
			return bean;
		}
		Object traced = super.postProcessAfterInitialization(bean, beanName);
		if (this.exposed.remove(beanName, bean)) {
			broker().untraced("connection", beanName, "OpenTelemetry is made of beans that need it");
			return bean;
		}
		return traced;
	}

	@Override
	boolean isClient(Object bean) {
		// The proxy of a scope stands for another bean, which comes here by itself.
		return !(bean instanceof AopInfrastructureBean) && (bean instanceof Connection || bean instanceof JetStream
				|| bean instanceof StreamContext || bean instanceof BaseConsumerContext || bean instanceof Dispatcher
				|| bean instanceof Subscription || bean instanceof KeyValue || bean instanceof ObjectStore);
	}

	@Override
	@Nullable String offReason() {
		return this.beans.getBean(NatsTracingProperties.class).enabled() ? OtherInstrumentation.ofNats(this.environment)
				: "tracing.nats.enabled=false";
	}

	@Override
	Object trace(Object bean, String beanName, TracingReport.Broker broker) {
		if (bean instanceof Connection connection) {
			return wrap(connection, beanName, broker);
		}
		if (!ClientProxy.isOne(bean)) {
			broker.untraced("client", beanName, "not made of a Connection that is a bean:"
					+ " make it of one, or wrap its connection with NatsTracing.wrap()");
		}
		return bean;
	}

	private Connection wrap(Connection connection, String beanName, TracingReport.Broker broker) {
		Class<?> type = declaredType(beanName);
		if (type != null && !type.isAssignableFrom(Connection.class)) {
			// Whoever asks for the bean by its class would not get a proxy.
			broker.untraced("connection", beanName,
					"it is declared as %s, which a proxy can't be: declare it as Connection"
						.formatted(type.getSimpleName()));
			return connection;
		}
		Connection traced = this.beans.getBean(NatsTracing.class).wrap(connection);
		if (ClientProxy.isOne(traced)) {
			broker.traced("connection", beanName);
		}
		else {
			broker.untraced("connection", beanName, "the NatsTracing bean did not wrap it");
		}
		return traced;
	}

	/**
	 * What the bean is declared as, unlike what it is: the type that others ask for.
	 */
	private @Nullable Class<?> declaredType(String beanName) {
		if (!(this.beans instanceof ConfigurableListableBeanFactory factory)
				|| !factory.containsBeanDefinition(beanName)) {
			return null;
		}
		Class<?> type = factory.getMergedBeanDefinition(beanName).getResolvableType().resolve();
		return (type != null && Connection.class.isAssignableFrom(type)) ? type : null;
	}

}
