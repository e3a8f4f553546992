// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * Hands what a service logs to OpenTelemetry, with the span that it was logged in. Only
 * what comes from the service's own package: six services share one JVM.
 */
final class LogExport extends AppenderBase<ILoggingEvent> implements InitializingBean, DisposableBean {

	private static final String SCOPE = "io.tracing.orderflow";

	private final io.opentelemetry.api.logs.Logger records;

	private final Logger logger;

	LogExport(OpenTelemetry openTelemetry, String service) {
		this.records = openTelemetry.getLogsBridge().get(SCOPE);
		this.logger = (Logger) LoggerFactory.getLogger(SCOPE + "." + service);
	}

	@Override
	public void afterPropertiesSet() {
		setContext(this.logger.getLoggerContext());
		start();
		this.logger.addAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.records.logRecordBuilder()
			.setContext(Context.current())
			.setTimestamp(event.getTimeStamp(), TimeUnit.MILLISECONDS)
			.setSeverity(severity(event.getLevel()))
			.setSeverityText(event.getLevel().toString())
			.setBody(event.getFormattedMessage())
			.emit();
	}

	private static Severity severity(Level level) {
		return switch (level.toInt()) {
			case Level.ERROR_INT -> Severity.ERROR;
			case Level.WARN_INT -> Severity.WARN;
			case Level.INFO_INT -> Severity.INFO;
			case Level.DEBUG_INT -> Severity.DEBUG;
			default -> Severity.TRACE;
		};
	}

	@Override
	public void destroy() {
		this.logger.detachAppender(this);
		stop();
	}

}
