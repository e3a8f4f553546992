// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The growing waits between two tries to use the stream. Each problem is logged once, and
 * its end.
 */
final class Retries {

	private static final Logger logger = LoggerFactory.getLogger(Retries.class);

	private final BridgeSettings settings;

	private final Set<String> problems;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private @Nullable String logged;

	private int failures;

	/**
	 * Create a new instance.
	 * @param settings the waits
	 * @param problems what is logged and has not ended: what keeps one consumer from the
	 * stream keeps the others too
	 */
	Retries(BridgeSettings settings, Set<String> problems) {
		this.settings = settings;
		this.problems = problems;
	}

	void failed(String problem) {
		this.failures++;
		// The first may be a connection that breaks and is back at once.
		if (!problem.equals(this.logged)) {
			if (this.logged != null) {
				this.problems.remove(this.logged);
			}
			this.logged = problem;
			if (this.problems.add(problem)) {
				logger.warn("The telemetry bridge waits, nothing is lost: {}", problem);
			}
		}
	}

	void succeeded() {
		this.failures = 0;
		String ended = this.logged;
		this.logged = null;
		if (ended != null && this.problems.remove(ended)) {
			logger.info("The telemetry bridge drains stream '{}' again.", this.settings.stream());
		}
	}

	/** Wait before the next try, unless there will be none. */
	void await() throws InterruptedException {
		this.stopped.await(this.settings.backoff(this.failures).toNanos(), TimeUnit.NANOSECONDS);
	}

	/** Nobody waits any more. */
	void stop() {
		this.stopped.countDown();
	}

}
