// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from a consumer, again and again, and notices when that leads nowhere.
 */
final class Pull {

	private static final Logger logger = LoggerFactory.getLogger(Pull.class);

	/** When nothing has come for so long, nothing is on its way. */
	private static final Duration QUIET = Duration.ofMillis(100);

	private static final Duration MAX_WAIT_FOR_QUIET = Duration.ofMillis(500);

	/** How much later than here a fetch may end at the server. */
	private static final Duration OVERDUE = Duration.ofSeconds(1);

	private static final Duration FLUSHED_WITHIN = Duration.ofSeconds(1);

	private final Connection connection;

	private final ConsumerContext consumer;

	private final FetchConsumeOptions options;

	private volatile @Nullable FetchConsumer current;

	private volatile long lastTaken = System.nanoTime() - QUIET.toNanos();

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
		if (!isConnected()) {
			throw new IOException("the connection is " + this.connection.getStatus());
		}
		long start = System.nanoTime();
		boolean some;
		FetchConsumer fetch = this.consumer.fetch(this.options);
		this.current = fetch;
		if (this.closed) {
			// Closed before there was something to close.
			close(fetch);
		}
		try {
			some = take(fetch, taker);
		}
		finally {
			this.current = null;
			close(fetch);
		}
		// One that brings nothing lasts as long as it may, if there is a consumer.
		boolean early = System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(this.options.getExpiresInMillis())
				/ 2;
		if (some || this.closed) {
			return;
		}
		if (early) {
			throw new IOException("the server ended a fetch before its time");
		}
		if (isSilent(this.connection)) {
			throw new SilentConnectionException();
		}
	}

	/**
	 * Ask for a sign of life, twice: the first answer may be behind a lot of others.
	 * Where anything arrives at all, somebody reads: the connection may be others' too,
	 * and is not made anew because it is busy.
	 */
	static boolean isSilent(Connection connection) {
		long before = connection.getStatistics().getInBytes();
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
		return connection.getStatistics().getInBytes() == before;
	}

	private boolean take(FetchConsumer fetch, Taker taker)
			throws IOException, JetStreamApiException, JetStreamStatusCheckedException, InterruptedException {
		boolean some = false;
		while (!fetch.isFinished()) {
			Message message = fetch.nextMessage();
			if (message != null) {
				some = true;
				this.lastTaken = System.nanoTime();
				taker.take(message);
			}
			else if (this.closed) {
				return some;
			}
			else {
				awaitEnd(fetch);
			}
		}
		return some;
	}

	/**
	 * jnats is done when the time is over here. At the server it is over a bit later, and
	 * what it has sent until then would wait for the server to deliver it again.
	 */
	private static void awaitEnd(FetchConsumer fetch) throws InterruptedException {
		long limit = System.nanoTime() + OVERDUE.toNanos();
		while (!fetch.isStopped() && System.nanoTime() - limit < 0) {
			TimeUnit.MILLISECONDS.sleep(1);
		}
	}

	/**
	 * End the fetch that is going on. What is on its way would have to wait for the
	 * server to deliver it again, so the end is chosen when nothing is.
	 */
	void close() throws InterruptedException {
		this.closed = true;
		long start = System.nanoTime();
		FetchConsumer fetch = this.current;
		while (fetch != null && fetch == this.current) {
			long now = System.nanoTime();
			long left = Math.min(this.lastTaken + QUIET.toNanos(), start + MAX_WAIT_FOR_QUIET.toNanos()) - now;
			if (left <= 0) {
				close(fetch);
				return;
			}
			TimeUnit.NANOSECONDS.sleep(left);
		}
	}

	/**
	 * Make the server forget the fetches that were ended. Version 2.9 finds out too late
	 * that nobody is there any more: it has taken the first message that is given back
	 * out of its queue by then, and delivers it only after the ack wait. To be asked
	 * about the consumer makes it look.
	 */
	void forgetFetches() {
		if (isConnected()) {
			try {
				this.consumer.getConsumerInfo();
			}
			catch (IOException | JetStreamApiException | RuntimeException ex) {
				logger.debug("The server may deliver a message later than it could", ex);
			}
		}
	}

	/** Let the server hear what was said last: the connection may be closed next. */
	void flush() {
		if (isConnected()) {
			try {
				this.connection.flush(FLUSHED_WITHIN);
			}
			catch (TimeoutException | RuntimeException ex) {
				logger.debug("The server delivers again what it did not hear of", ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	boolean isConnected() {
		return this.connection.getStatus() == Connection.Status.CONNECTED;
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
