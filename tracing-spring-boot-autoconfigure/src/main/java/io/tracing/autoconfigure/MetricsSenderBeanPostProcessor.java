// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.function.Supplier;

import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import io.tracing.telemetry.JetStreamMetricsSender;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Sends Micrometer's metrics to the stream beside the address that somebody configured:
 * its registry has one sender, and Boot makes that of the address.
 */
final class MetricsSenderBeanPostProcessor implements BeanPostProcessor {

	private final Supplier<JetStreamMetricsSender> stream;

	MetricsSenderBeanPostProcessor(Supplier<JetStreamMetricsSender> stream) {
		this.stream = stream;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof OtlpHttpMetricsSender http)) {
			return bean;
		}
		JetStreamMetricsSender sender = this.stream.get();
		return (OtlpMetricsSender) (request) -> {
			// First the one that neither waits nor fails.
			sender.send(request);
			http.send(request);
		};
	}

}
