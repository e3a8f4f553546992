// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Lets what has begun come to its end, for a while, and begins nothing more.
 */
final class Drain {

	private static final Log logger = LogFactory.getLog(Drain.class);

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private Drain() {
	}

	/**
	 * Waits until a dispatcher is done with the messages that it has.
	 */
	static void await(Dispatcher dispatcher) {
		await(() -> dispatcher.drain(LIMIT), "Messages are not done and will be delivered again");
	}

	/**
	 * Waits until a connection has sent what it was given, and closes it.
	 */
	static void await(Connection connection) {
		await(() -> connection.drain(LIMIT), "What was on its way to NATS may not have got there");
	}

	private static void await(Draining draining, String otherwise) {
		try {
			draining.begin().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn(otherwise + ": it took longer than " + LIMIT.toSeconds() + " s");
		}
	}

	/** Begins to drain something. */
	private interface Draining {

		Future<?> begin() throws InterruptedException, TimeoutException;

	}

}
