// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What bridges log from here until it is closed.
 */
final class BridgeLog implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.tracing.bridge");

	private final @Nullable Level before = this.logger.getLevel();

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			BridgeLog.this.events.add(event);
		}

	};

	BridgeLog() {
		this.logger.setLevel(Level.INFO);
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	/** Warnings and errors. */
	List<String> problems() {
		return this.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	List<String> messages() {
		return this.events.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	/**
	 * Wait until something is logged.
	 * @param text a part of it
	 */
	void await(String text) {
		Awaitility.await("the log says '" + text + "'")
			.atMost(Duration.ofSeconds(30))
			.until(this::messages, (messages) -> messages.stream().anyMatch((message) -> message.contains(text)));
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(this.before);
	}

}
