// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the next request of a signal may be sent. All requests of the signal wait here
 * together, so that a backend that struggles is asked once in a while and not by
 * everybody.
 */
final class Backoff {

	private static final Logger logger = LoggerFactory.getLogger(Backoff.class);

	/**
	 * A fifth more or less, so that several bridges do not come back at the same time.
	 */
	private static final double JITTER = 0.2;

	private final Signal signal;

	private final BridgeSettings settings;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private SignalState state = SignalState.RUNNING;

	private @Nullable String reason;

	private boolean halted;

	private boolean stopped;

	private int failures;

	private int closings;

	private int resumptions;

	private long failedSince;

	private long openAt = System.nanoTime();

	Backoff(Signal signal, BridgeSettings settings) {
		this.signal = signal;
		this.settings = settings;
	}

	/**
	 * Wait until the next request may be sent.
	 * @return a number that {@link #answered} takes: what is said after this counts more
	 * than the answer to this request
	 * @throws InterruptedException if it would have to wait and the bridge stops
	 */
	int await() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (true) {
				long wait = this.openAt - System.nanoTime();
				if (!this.halted && wait <= 0) {
					return this.closings;
				}
				checkNotStopped();
				if (this.halted) {
					this.changed.await();
				}
				else {
					this.changed.awaitNanos(wait);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Wait, but no longer than until somebody resumes the signal. */
	void await(Duration delay) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			int before = this.resumptions;
			long left = delay.toNanos();
			while (left > 0 && this.resumptions == before) {
				checkNotStopped();
				left = this.changed.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void checkNotStopped() throws InterruptedException {
		if (this.stopped) {
			throw new InterruptedException("The bridge stops");
		}
	}

	/** Wait while somebody has paused the bridge, and it does not stop. */
	void awaitResumed() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			while (this.halted && !this.stopped) {
				this.changed.await();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The backend can't be reached, or asks to be left alone. */
	void unavailable(String reason, @Nullable Duration retryAfter) {
		this.lock.lock();
		try {
			long now = System.nanoTime();
			if (this.openAt - now > 0) {
				// Another request that was sent at the same time has said so already.
				return;
			}
			enter(SignalState.RETRYING, reason, now);
			this.failures++;
			Duration wait = backoff();
			if (retryAfter != null && retryAfter.compareTo(wait) > 0) {
				wait = retryAfter;
			}
			this.openAt = now + wait.toNanos();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Duration backoff() {
		double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
		return Duration.ofNanos((long) (this.settings.backoff(this.failures).toNanos() * jitter));
	}

	/** The backend refuses, and will until somebody changes something. */
	void refused(String reason) {
		this.lock.lock();
		try {
			long now = System.nanoTime();
			enter(SignalState.PAUSED, reason, now);
			this.openAt = now + this.settings.pause().toNanos();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void enter(SignalState next, String reason, long now) {
		if (this.state == SignalState.RUNNING) {
			this.failedSince = now;
		}
		if (this.state != next || !reason.equals(this.reason)) {
			log(next, reason);
		}
		this.state = next;
		this.reason = reason;
		this.closings++;
	}

	private void log(SignalState next, String reason) {
		if (next == SignalState.PAUSED) {
			logger.error("The export of {} is paused, nothing is lost: {} Tried again every {}.", this.signal.text(),
					reason, DurationText.of(this.settings.pause()));
		}
		else if (this.state != next) {
			logger.warn("The backend does not take {}, nothing is lost: {}. Trying again with growing waits up to {}.",
					this.signal.text(), reason, DurationText.of(this.settings.maxBackoff()));
		}
	}

	/**
	 * The backend answers. Does not end a wait that the answer to another request has
	 * caused since this one was sent: a backend that takes one and not the other still
	 * wants to be left alone.
	 * @param sentAfter what {@link #await()} returned before the request was sent
	 */
	void answered(int sentAfter) {
		this.lock.lock();
		try {
			if (this.state == SignalState.RUNNING || sentAfter != this.closings) {
				return;
			}
			logger.info("The backend takes {} again, after {} s.", this.signal.text(),
					TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.failedSince));
			reset();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Let nothing through until {@link #resume()}. */
	void halt() {
		this.lock.lock();
		try {
			this.halted = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Let the next request through at once. */
	void resume() {
		this.lock.lock();
		try {
			this.halted = false;
			this.resumptions++;
			reset();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The bridge stops: nobody waits here any more. */
	void stop() {
		this.lock.lock();
		try {
			this.stopped = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void reset() {
		this.state = SignalState.RUNNING;
		this.reason = null;
		this.failures = 0;
		this.openAt = System.nanoTime();
	}

	SignalState state() {
		this.lock.lock();
		try {
			return this.halted ? SignalState.HALTED : this.state;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable String reason() {
		this.lock.lock();
		try {
			return this.reason;
		}
		finally {
			this.lock.unlock();
		}
	}

}
