// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.util.ReflectionUtils;

/**
 * What becomes of Spring Kafka's own observation where the application has switched it
 * on. One of the two must go, or there are two spans of every message.
 */
enum SpringObservation {

	/** Spring's stays, and this library yields. */
	YIELD,

	/** Spring's is switched off, its timers with it, and this library traces. */
	REPLACE;

	static final String TEMPLATE_FIELD = "observationEnabled";

	// No getter. Null if a later version calls it otherwise: then a send says so itself.
	private static final @Nullable Field OF_TEMPLATE = field();

	private static @Nullable Field field() {
		try {
			Field field = ReflectionUtils.findField(KafkaTemplate.class, TEMPLATE_FIELD, boolean.class);
			if (field != null) {
				field.setAccessible(true);
			}
			return field;
		}
		catch (RuntimeException ex) {
			// On the module path the field is closed to us.
			return null;
		}
	}

	/**
	 * Decide about the containers that have these properties. They must not run yet.
	 * @return whether this library is to trace them
	 */
	boolean decide(ContainerProperties containers, String kind, String bean, TracingReport.Broker broker) {
		if (!containers.isObservationEnabled()) {
			return true;
		}
		if (this == REPLACE) {
			containers.setObservationEnabled(false);
			broker.replacedObservation(bean);
			return true;
		}
		broker.untraced(kind, bean, "Spring's observation is on and traces it");
		return false;
	}

	/**
	 * Decide about a template. If it keeps its observation, its producers need not know:
	 * they find the span of the send in the headers, and make none.
	 */
	void decide(KafkaTemplate<?, ?> template, String bean, TracingReport.Broker broker) {
		if (OF_TEMPLATE == null || !Boolean.TRUE.equals(ReflectionUtils.getField(OF_TEMPLATE, template))) {
			return;
		}
		if (this == REPLACE) {
			template.setObservationEnabled(false);
			broker.replacedObservation(bean);
		}
		else {
			broker.untraced("template", bean, "Spring's observation is on and traces it");
		}
	}

}
