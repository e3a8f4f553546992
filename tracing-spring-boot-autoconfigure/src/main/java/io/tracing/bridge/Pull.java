// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import org.jspecify.annotations.Nullable;

/**
 * Fetches from a consumer, again and again, and notices when that leads nowhere.
 */
final class Pull {

	/**
	 * A fetch that ends with nothing, and has not waited, was not answered by a consumer.
	 */
	private static final Duration SOON = Duration.ofMillis(200);

	private final Connection connection;

	private final ConsumerContext consumer;

	private final FetchConsumeOptions options;

	private volatile @Nullable FetchConsumer current;

	private volatile boolean closed;

	Pull(Connection connection, ConsumerContext consumer, FetchConsumeOptions options) {
		this.connection = connection;
		this.consumer = consumer;
		this.options = options;
	}

	/**
	 * Fetch once.
	 * @param taker gets each message as soon as it is here
	 */
	void next(Taker taker)
			throws IOException, JetStreamApiException, JetStreamStatusCheckedException, InterruptedException {
		if (this.connection.getStatus() != Connection.Status.CONNECTED) {
			throw new IOException("the connection is " + this.connection.getStatus());
		}
		long start = System.nanoTime();
		boolean some = false;
		FetchConsumer fetch = this.consumer.fetch(this.options);
		this.current = fetch;
		try {
			for (Message message = fetch.nextMessage(); message != null; message = fetch.nextMessage()) {
				some = true;
				taker.take(message);
			}
		}
		finally {
			this.current = null;
			close(fetch);
		}
		if (!some && !this.closed && isSilent(this.connection)) {
			throw new SilentConnectionException();
		}
		if (!some && !this.closed && System.nanoTime() - start < SOON.toNanos()) {
			throw new IOException("the server ended a fetch at once");
		}
	}

	/**
	 * Ask for a sign of life, twice: the first answer may be behind a lot of others.
	 */
	static boolean isSilent(Connection connection) {
		for (int i = 0; i < 2; i++) {
			try {
				connection.RTT();
				return false;
			}
			catch (IOException ex) {
				if (connection.getStatus() != Connection.Status.CONNECTED) {
					return false;
				}
			}
		}
		return true;
	}

	/** End the fetch that is going on. What it has brought is taken. */
	void close() {
		this.closed = true;
		FetchConsumer fetch = this.current;
		if (fetch != null) {
			close(fetch);
		}
	}

	private static void close(FetchConsumer fetch) {
		try {
			fetch.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException("A fetch can't be closed", ex);
		}
	}

	/** Takes what was fetched. */
	interface Taker {

		void take(Message message) throws IOException, JetStreamApiException, InterruptedException;

	}

}
