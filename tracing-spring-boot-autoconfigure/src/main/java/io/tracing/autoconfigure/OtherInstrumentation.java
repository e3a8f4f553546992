// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/**
 * Knows who else may trace Kafka in this application. Two tracers on one client make two
 * send spans and two process spans of every message, so that this library yields.
 */
final class OtherInstrumentation {

	private static final String STARTER_BEAN = "otelKafkaListenerContainerFactoryBeanPostProcessor";

	private static final String AGENT_CLASS = "io.opentelemetry.javaagent.bootstrap.AgentInitializer";

	private OtherInstrumentation() {
	}

	/**
	 * Who traces Kafka already.
	 * @return who it is, and how to have it otherwise, or {@code null} for nobody
	 */
	static @Nullable String ofKafka(BeanFactory beans, Environment environment) {
		if (beans.containsBean(STARTER_BEAN)
				&& environment.getProperty("otel.instrumentation.kafka.enabled", Boolean.class, true)) {
			return "OpenTelemetry's starter traces it (otel.instrumentation.kafka.enabled=false leaves it to this one)";
		}
		return isAgentPresent() ? "the OpenTelemetry Java agent traces it (otel.instrumentation.kafka.enabled=false and"
				+ " otel.instrumentation.spring-kafka.enabled=false leave it to this starter)" : null;
	}

	private static boolean isAgentPresent() {
		try {
			// The agent puts itself on the bootstrap class path, and only there.
			Class.forName(AGENT_CLASS, false, null);
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

}
