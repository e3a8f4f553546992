// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.Status;
import org.jspecify.annotations.Nullable;

/**
 * The bridge's own connection, made like the one that it was given. What the bridge does
 * to a connection nobody else has to bear: jnats reports the end of each fetch to the
 * {@link ErrorListener}, and what can't be read ends the thread that reads.
 */
final class BridgeConnection implements Supplier<Connection>, AutoCloseable {

	private final Supplier<Connection> model;

	private final AtomicReference<@Nullable Connection> own = new AtomicReference<>();

	BridgeConnection(Supplier<Connection> model) {
		this.model = model;
	}

	/**
	 * Return the connection. It comes back by itself when the server does.
	 * @throws IllegalStateException if there is none right now; the message says why
	 */
	@Override
	public Connection get() {
		Connection current = this.own.get();
		// jnats gives up for good when a server refuses the credentials twice.
		if (current != null && current.getStatus() != Connection.Status.CLOSED) {
			return current;
		}
		Connection next = connect(this.model.get().getOptions());
		if (this.own.compareAndSet(current, next)) {
			return next;
		}
		// Another consumer was faster.
		close(next);
		return get();
	}

	private static Connection connect(Options options) {
		try {
			return Nats.connect(new Options.Builder(options).connectionName("otlp-bridge")
				.maxReconnects(-1)
				.errorListener(new Errors(options.getErrorListener()))
				// They are about the connection that they were made for.
				.connectionListener(null)
				.readListener(null)
				.statisticsCollector(null)
				.serverPool(null)
				.build());
		}
		catch (IOException ex) {
			throw new IllegalStateException("NATS does not answer (" + ex.getMessage() + ")", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("The bridge stops", ex);
		}
	}

	/** Close it. The one that it was made like is others'. */
	@Override
	public void close() {
		Connection last = this.own.getAndSet(null);
		if (last != null) {
			close(last);
		}
	}

	private static void close(Connection connection) {
		try {
			connection.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Hands on what went wrong, and not that a fetch has ended.
	 */
	private record Errors(ErrorListener listener) implements ErrorListener {

		@Override
		public void errorOccurred(Connection connection, String error) {
			this.listener.errorOccurred(connection, error);
		}

		@Override
		public void exceptionOccurred(Connection connection, Exception exception) {
			this.listener.exceptionOccurred(connection, exception);
		}

		@Override
		public void unhandledStatus(Connection connection, JetStreamSubscription subscription, Status status) {
			this.listener.unhandledStatus(connection, subscription, status);
		}

		@Override
		public void socketWriteTimeout(Connection connection) {
			this.listener.socketWriteTimeout(connection);
		}

	}

}
