// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.nats.client.Dispatcher;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Lets a dispatcher finish the messages that it has, and gives it no more.
 */
final class Drain {

	private static final Log logger = LogFactory.getLog(Drain.class);

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private Drain() {
	}

	static void await(Dispatcher dispatcher) {
		try {
			dispatcher.drain(LIMIT).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger
				.warn("Messages are left to be delivered again: they were not done after " + LIMIT.toSeconds() + " s");
		}
	}

}
