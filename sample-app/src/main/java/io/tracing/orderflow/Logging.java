// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.Map;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Keeps the log readable beside the pictures.
 */
final class Logging {

	private static final String SERVICES = "io.tracing.orderflow";

	/** A start that fails is told in one line, instead of by each of these. */
	static final Map<String, Object> QUIET_FAILURE = Map.of("logging.level.org.springframework.boot.SpringApplication",
			"OFF", "logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter", "OFF",
			"logging.level.org.springframework.boot.web.server.servlet.context", "ERROR");

	/** For services, brokers and database in one JVM. */
	static final Map<String, Object> DEFAULTS = Map.of(
			// Each service says what it traces: six times the same between the steps.
			"logging.level.io.tracing", "WARN", "logging.level.io.tracing.orderflow", "INFO",
			// Says that this machine is busy.
			"logging.level.org.apache.kafka.controller.EventPerformanceMonitor", "OFF",
			// Says that a thread has not ended yet which ends a moment later.
			"logging.level.org.apache.catalina.loader.WebappClassLoaderBase", "ERROR");

	private Logging() {
	}

	/** What the services say of each order: useful for one, not for a thousand. */
	static void orders(boolean logged) {
		LoggingSystem.get(Logging.class.getClassLoader()).setLogLevel(SERVICES, logged ? LogLevel.INFO : LogLevel.WARN);
	}

}
