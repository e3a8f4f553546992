// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.time.Duration;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.tracing.testing.Warnings;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where faults end, also if the log itself is broken.
 */
class FaultsTests {

	@Test
	void oneWarningForManyFaults() {
		Faults faults = new Faults(Duration.ofHours(1));
		try (Warnings warnings = new Warnings()) {
			for (int i = 0; i < 100; i++) {
				faults.report("testing", new IllegalStateException("injected"));
			}
			assertThat(warnings.messages())
				.containsExactly("Tracing failed while testing; the message is not affected. Faults so far: 1");
		}
		assertThat(faults.count()).isEqualTo(100);
	}

	@Test
	void faultThatCannotBePrintedIsNamed() {
		Faults faults = new Faults(Duration.ZERO);
		try (Warnings warnings = new Warnings()) {
			faults.report("testing", new IllegalStateException() {

				private static final long serialVersionUID = 1L;

				@Override
				public String getMessage() {
					throw new UnsupportedOperationException("getMessage()");
				}

			});
			assertThat(warnings.messages()).last().asString().contains(FaultsTests.class.getName() + "$1");
		}
	}

	@Test
	void brokenLogIsNotTheApplicationsProblem() {
		Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);
		AppenderBase<ILoggingEvent> broken = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
			}

		};
		broken.addFilter(new Filter<>() {

			@Override
			public FilterReply decide(ILoggingEvent event) {
				throw new LinkageError("injected");
			}

		});
		broken.setContext(logger.getLoggerContext());
		broken.start();
		logger.addAppender(broken);
		try {
			Faults faults = new Faults(Duration.ZERO);
			faults.report("testing", new IllegalStateException("injected"));
			assertThat(faults.count()).isEqualTo(1);
		}
		finally {
			logger.detachAppender(broken);
		}
	}

}
