// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.PullSubscribeOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from a consumer, again and again, and notices when that leads nowhere. All
 * fetches share one subscription: what comes a moment after one has ended is there for
 * the next.
 */
final class Pull {

	private static final Logger logger = LoggerFactory.getLogger(Pull.class);

	/** How much later than here a fetch may end at the server. */
	private static final Duration OVERDUE = Duration.ofSeconds(1);

	private static final Duration DRAINED_WITHIN = Duration.ofSeconds(1);

	private static final Duration FLUSHED_WITHIN = Duration.ofSeconds(1);

	private final Connection connection;

	private final JetStreamSubscription subscription;

	private final PullRequestOptions request;

	private volatile boolean closed;

	/**
	 * Create a new instance.
	 * @param connection the bridge's own: the end of each fetch is reported to its error
	 * listener
	 * @param stream the stream of the consumer
	 * @param durable the consumer
	 * @param request what to ask for, with a time to wait
	 */
	Pull(Connection connection, String stream, String durable, PullRequestOptions request)
			throws IOException, JetStreamApiException {
		this.connection = connection;
		this.subscription = connection.jetStream().subscribe(null, PullSubscribeOptions.fastBind(stream, durable));
		this.request = request;
	}

	/**
	 * Fetch once.
	 * @param taker gets each message as soon as it is here
	 */
	void next(Taker taker) throws IOException, JetStreamApiException, InterruptedException {
		if (!isConnected()) {
			throw new IOException("the connection is " + this.connection.getStatus());
		}
		long start = System.nanoTime();
		long wait = this.request.getExpiresIn().toNanos();
		if (take(taker, start + wait + OVERDUE.toNanos()) || this.closed) {
			return;
		}
		// One that brings nothing lasts as long as it may, if there is a consumer.
		if (System.nanoTime() - start < wait / 2) {
			throw new IOException("the server ended a fetch before its time");
		}
		if (isSilent(this.connection)) {
			throw new SilentConnectionException();
		}
	}

	private boolean take(Taker taker, long limit) throws IOException, JetStreamApiException, InterruptedException {
		int taken = 0;
		try {
			this.subscription.pull(this.request);
			while (taken < this.request.getBatchSize() || this.closed) {
				Message message = this.subscription
					.nextMessage(Duration.ofNanos(Math.max(1, limit - System.nanoTime())));
				if (message == null) {
					break;
				}
				taken++;
				taker.take(message);
			}
		}
		catch (IllegalStateException ex) {
			// So ends a subscription that is drained, or a consumer that is deleted.
			if (!this.closed) {
				throw ex;
			}
		}
		return taken > 0;
	}

	/**
	 * Ask for a sign of life, twice: the first answer may be behind a lot of others.
	 * Where anything arrives at all, somebody reads.
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

	/**
	 * End the fetch that is going on: the server sends no more, and what it has sent is
	 * taken.
	 */
	void close() throws InterruptedException {
		this.closed = true;
		if (this.subscription.isActive()) {
			this.subscription.drain(DRAINED_WITHIN);
		}
	}

	/** Let go of a subscription that leads nowhere. */
	void abandon() {
		if (this.subscription.isActive()) {
			try {
				this.subscription.unsubscribe();
			}
			catch (IllegalStateException ex) {
				logger.debug("There is nothing to let go of", ex);
			}
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
				this.subscription.getConsumerInfo();
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

	/** Takes what was fetched. */
	interface Taker {

		void take(Message message) throws IOException, JetStreamApiException, InterruptedException;

	}

}
