// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;

import io.tracing.kafka.KafkaTracing;
import io.tracing.kafka.ShareListenerTracing;
import io.tracing.kafka.TracingBatchInterceptor;
import io.tracing.kafka.TracingRecordInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.config.ShareKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.AbstractShareKafkaMessageListenerContainer;

/**
 * Puts tracing into every Kafka bean: producer, consumer and container factories,
 * templates, and containers that no factory made.
 */
final class KafkaTracingBeanPostProcessor extends BrokerBeanPostProcessor {

	KafkaTracingBeanPostProcessor(ObjectProvider<TracingSource> source, ObjectProvider<TracingReport> report,
			BeanFactory beans, Environment environment) {
		super("Kafka", source, report, beans, environment);
	}

	@Override
	boolean isClient(Object bean) {
		return bean instanceof ProducerFactory || bean instanceof KafkaTemplate || bean instanceof ConsumerFactory
				|| bean instanceof AbstractKafkaListenerContainerFactory
				|| bean instanceof AbstractMessageListenerContainer
				|| bean instanceof ShareKafkaListenerContainerFactory
				|| bean instanceof AbstractShareKafkaMessageListenerContainer;
	}

	@Override
	@Nullable String offReason() {
		return this.beans.getBean(KafkaTracingProperties.class).enabled()
				? OtherInstrumentation.ofKafka(this.beans, this.environment) : "tracing.kafka.enabled=false";
	}

	@Override
	Object trace(Object bean, String beanName, TracingReport.Broker broker) {
		instrument(bean, beanName, broker);
		return bean;
	}

	private void instrument(Object bean, String beanName, TracingReport.Broker broker) {
		KafkaTracing kafka = this.beans.getBean(KafkaTracing.class);
		if (bean instanceof ProducerFactory<?, ?> factory) {
			instrument(kafka, factory, beanName, broker);
		}
		else if (bean instanceof KafkaTemplate<?, ?> template) {
			observation().decide(template, beanName, broker);
			instrumentFactoryOf(kafka, template, beanName, broker);
		}
		else if (bean instanceof ConsumerFactory<?, ?> factory) {
			instrument(kafka, factory, beanName, broker);
		}
		else if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
			if (factory.getConsumerFactory() != null) {
				// It need not be a bean: Boot makes one of its own if the types don't
				// fit.
				kafka.instrument(factory.getConsumerFactory());
			}
			if (!observation().decide(factory.getContainerProperties(), "listener container factory", beanName,
					broker)) {
				return;
			}
			kafka.instrument(factory, interceptor(), batchInterceptor());
			broker.traced("listener container factory", beanName);
		}
		else if (bean instanceof AbstractMessageListenerContainer<?, ?> container) {
			if (!observation().decide(container.getContainerProperties(), "listener container", beanName, broker)) {
				return;
			}
			kafka.instrument(container, interceptor(), batchInterceptor());
			broker.traced("listener container", beanName);
		}
		else if (bean instanceof ShareKafkaListenerContainerFactory<?, ?> factory) {
			this.beans.getBean(ShareListenerTracing.class).instrument(factory);
			broker.traced("share listener container factory", beanName);
		}
		else if (bean instanceof AbstractShareKafkaMessageListenerContainer<?, ?> container) {
			this.beans.getBean(ShareListenerTracing.class).instrument(container);
			broker.traced("share listener container", beanName);
		}
	}

	private void instrument(KafkaTracing kafka, ProducerFactory<?, ?> factory, String beanName,
			TracingReport.Broker broker) {
		if (kafka.instrument(factory)) {
			broker.traced("producer factory", beanName);
		}
		else {
			broker.untraced("producer factory", beanName,
					"%s ignores post-processors: wrap its producers with KafkaTracing.wrap()"
						.formatted(factory.getClass().getSimpleName()));
		}
	}

	private static void instrument(KafkaTracing kafka, ConsumerFactory<?, ?> factory, String beanName,
			TracingReport.Broker broker) {
		if (kafka.instrument(factory)) {
			broker.traced("consumer factory", beanName);
		}
		else {
			broker.untraced("consumer factory", beanName,
					"%s ignores post-processors: wrap its consumers with KafkaTracing.wrap()"
						.formatted(factory.getClass().getSimpleName()));
		}
	}

	/**
	 * The factory of a template need not be a bean.
	 */
	private void instrumentFactoryOf(KafkaTracing kafka, KafkaTemplate<?, ?> template, String beanName,
			TracingReport.Broker broker) {
		if (template instanceof RoutingKafkaTemplate routing) {
			instrumentFactoriesOf(kafka, routing, beanName, broker);
			return;
		}
		ProducerFactory<?, ?> factory = template.getProducerFactory();
		if (!kafka.isTraced(factory)) {
			instrument(kafka, factory, "factory of " + beanName, broker);
		}
		else {
			// A copy of a traced one, if the template has properties of its own.
			kafka.instrument(factory);
		}
	}

	private void instrumentFactoriesOf(KafkaTracing kafka, RoutingKafkaTemplate template, String beanName,
			TracingReport.Broker broker) {
		List<ProducerFactory<?, ?>> factories = RoutedFactories.of(template);
		if (factories == null) {
			broker.untraced("template", beanName, "only those of its producer factories that are beans are traced");
			return;
		}
		int number = 0;
		for (ProducerFactory<?, ?> factory : factories) {
			number++;
			if (!kafka.isTraced(factory)) {
				instrument(kafka, factory, "factory %d of %s".formatted(number, beanName), broker);
			}
		}
	}

	private SpringObservation observation() {
		return this.beans.getBean(KafkaTracingProperties.class).observation();
	}

	@SuppressWarnings("unchecked")
	private TracingRecordInterceptor<Object, Object> interceptor() {
		return this.beans.getBean(TracingRecordInterceptor.class);
	}

	@SuppressWarnings("unchecked")
	private TracingBatchInterceptor<Object, Object> batchInterceptor() {
		return this.beans.getBean(TracingBatchInterceptor.class);
	}

}
