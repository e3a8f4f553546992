// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Says in one line, when the context is up, what is traced and who yielded to whom.
 */
final class StartupLine implements ApplicationListener<ContextRefreshedEvent>, ApplicationContextAware {

	private static final Log logger = LogFactory.getLog("io.tracing");

	private final TracingSource source;

	private final TracingReport report;

	private ApplicationContext context;

	StartupLine(TracingSource source, TracingReport report) {
		this.source = source;
		this.report = report;
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		// A child context, such as that of the management port, publishes here as well.
		if (event.getApplicationContext() == this.context) {
			logger.info(text());
		}
	}

	String text() {
		return Stream.concat(Stream.of(messages()), this.report.remarks().stream()).collect(Collectors.joining(". "));
	}

	private String messages() {
		if (!this.source.isPresent()) {
			return "Tracing no messages: " + this.source.description();
		}
		String brokers = this.report.brokers()
			.stream()
			.map(TracingReport.Broker::summary)
			.collect(Collectors.joining("; "));
		return "Tracing messages with %s. %s".formatted(this.source.description(),
				brokers.isEmpty() ? "No broker clients" : brokers);
	}

}
