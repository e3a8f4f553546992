// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Empties the outbox on a thread of its own: at once when an order was committed, and now
 * and then in case another instance died with its messages unsent. While the broker is
 * away it tries again at growing intervals. At shutdown it drains what is left.
 */
@Component
class OutboxRelay implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(OutboxRelay.class);

	/**
	 * Starts before and stops after the web server, so that the last accepted order is
	 * still sent.
	 */
	private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

	private final OutboxPublisher publisher;

	private final OutboxProperties properties;

	private final Semaphore wakeUps = new Semaphore(0);

	private CountDownLatch stopping = new CountDownLatch(0);

	private volatile @Nullable Thread thread;

	OutboxRelay(OutboxPublisher publisher, OutboxProperties properties) {
		this.publisher = publisher;
		this.properties = properties;
	}

	/**
	 * Say that there is something to send.
	 */
	void wakeUp() {
		this.wakeUps.release();
	}

	@Override
	public void start() {
		this.stopping = new CountDownLatch(1);
		Thread relay = new Thread(this::run, "outbox-relay");
		this.thread = relay;
		relay.start();
	}

	@Override
	public void stop() {
		Thread relay = this.thread;
		if (relay == null) {
			return;
		}
		this.stopping.countDown();
		wakeUp();
		try {
			relay.join(STOP_LIMIT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.thread = null;
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	private void run() {
		Duration backOff = this.properties.minBackOff();
		try {
			while (true) {
				boolean last = this.stopping.getCount() == 0;
				OutboxPublisher.Outcome outcome = publishBatch();
				if (outcome == OutboxPublisher.Outcome.FAILED) {
					if (last || this.stopping.await(backOff.toMillis(), TimeUnit.MILLISECONDS)) {
						return;
					}
					backOff = min(backOff.multipliedBy(2), this.properties.maxBackOff());
					continue;
				}
				backOff = this.properties.minBackOff();
				if (outcome == OutboxPublisher.Outcome.EMPTY) {
					if (last) {
						return;
					}
					this.wakeUps.tryAcquire(this.properties.pollInterval().toMillis(), TimeUnit.MILLISECONDS);
					this.wakeUps.drainPermits();
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private OutboxPublisher.Outcome publishBatch() {
		try {
			return this.publisher.publishBatch();
		}
		catch (RuntimeException ex) {
			logger.warn("The outbox could not be read", ex);
			return OutboxPublisher.Outcome.FAILED;
		}
	}

	private static Duration min(Duration left, Duration right) {
		return (left.compareTo(right) < 0) ? left : right;
	}

}
