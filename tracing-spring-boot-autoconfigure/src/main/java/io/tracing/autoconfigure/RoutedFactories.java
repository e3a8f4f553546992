// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.util.ReflectionUtils;

/**
 * The producer factories of a {@link RoutingKafkaTemplate}, which need not be beans. It
 * gives one out for a topic only, and nobody knows the topics.
 */
final class RoutedFactories {

	static final String FIELD = "factoryMatchers";

	private RoutedFactories() {
	}

	/**
	 * The factories, {@code null} if they can't be had.
	 */
	static @Nullable List<ProducerFactory<?, ?>> of(RoutingKafkaTemplate template) {
		try {
			Field field = ReflectionUtils.findField(RoutingKafkaTemplate.class, FIELD, Map.class);
			if (field == null) {
				return null;
			}
			field.setAccessible(true);
			Map<?, ?> factories = (Map<?, ?>) field.get(template);
			return (factories != null)
					? factories.values().stream().<ProducerFactory<?, ?>>map(ProducerFactory.class::cast).toList()
					: null;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

}
