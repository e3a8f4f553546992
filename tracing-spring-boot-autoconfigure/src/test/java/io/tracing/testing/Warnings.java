// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tracing.messaging.Faults;
import org.slf4j.LoggerFactory;

/**
 * The warnings about faults of tracing, from here until it is closed.
 */
public final class Warnings implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	public Warnings() {
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	public List<String> messages() {
		return List.copyOf(this.appender.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
	}

}
