// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/**
 * Knows who else may trace Kafka or NATS in this application. Two tracers on one client
 * make two send spans and two process spans of every message, so that this library
 * yields.
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
		if (beans.containsBean(STARTER_BEAN) && isOn(environment, "otel.instrumentation.kafka.enabled", true)) {
			return "OpenTelemetry's starter traces it (otel.instrumentation.kafka.enabled=false leaves it to this one)";
		}
		return (isAgentPresent() && agentTracesKafka(environment))
				? "the OpenTelemetry Java agent traces it (otel.instrumentation.kafka.enabled=false and"
						+ " otel.instrumentation.spring-kafka.enabled=false leave it to this starter)"
				: null;
	}

	/**
	 * Who traces NATS already.
	 * @return who it is, and how to have it otherwise, or {@code null} for nobody
	 */
	static @Nullable String ofNats(Environment environment) {
		boolean byAgent = isAgentPresent() && isOn(environment, "otel.javaagent.enabled", true)
				&& isOn(environment, "otel.instrumentation.nats.enabled",
						isOn(environment, "otel.instrumentation.common.default-enabled", true));
		return byAgent ? "the OpenTelemetry Java agent traces it (otel.instrumentation.nats.enabled=false leaves it to"
				+ " this starter)" : null;
	}

	/**
	 * By the properties that the agent reads from the JVM's system properties and
	 * environment variables. What stands in a file of its own is not seen here.
	 */
	private static boolean agentTracesKafka(Environment environment) {
		boolean byDefault = isOn(environment, "otel.instrumentation.common.default-enabled", true);
		return isOn(environment, "otel.javaagent.enabled", true)
				&& (isOn(environment, "otel.instrumentation.kafka.enabled", byDefault)
						|| isOn(environment, "otel.instrumentation.spring-kafka.enabled", byDefault));
	}

	private static boolean isOn(Environment environment, String property, boolean byDefault) {
		return environment.getProperty(property, Boolean.class, byDefault);
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
