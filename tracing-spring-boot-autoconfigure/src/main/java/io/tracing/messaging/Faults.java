// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a fault of tracing ends: it is counted, and from time to time one of them is
 * logged. It never goes on to the application, whose message it would cost.
 */
public final class Faults {

	private static final Logger logger = LoggerFactory.getLogger(Faults.class);

	private final long intervalNanos;

	private final AtomicLong count = new AtomicLong();

	private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

	/**
	 * Create a new instance.
	 * @param warningInterval the least time between two warnings in the log
	 */
	public Faults(Duration warningInterval) {
		this.intervalNanos = warningInterval.toNanos();
	}

	/**
	 * Take a fault.
	 * @param action what tracing was doing, to complete "Tracing failed while ..."
	 * @param fault what was thrown
	 */
	public void report(String action, Throwable fault) {
		long number = this.count.incrementAndGet();
		long now = System.nanoTime();
		long due = this.nextWarning.get();
		if (now - due >= 0 && this.nextWarning.compareAndSet(due, now + this.intervalNanos)) {
			warn(action, number, fault);
		}
	}

	private void warn(String action, long number, Throwable fault) {
		try {
			logger.warn("Tracing failed while {}; the message is not affected. Faults so far: {}", action, number,
					fault);
		}
		catch (Throwable ex) {
			// An appender, or the fault's own getMessage(), can throw as well.
			warnWithoutFault(action, number, fault.getClass().getName());
		}
	}

	private static void warnWithoutFault(String action, long number, String faultType) {
		try {
			logger.warn("Tracing failed while {}; the message is not affected. Faults so far: {} ({})", action, number,
					faultType);
		}
		catch (Throwable ex) {
			// The log itself is broken. The fault is counted, and the application goes
			// on.
			return;
		}
	}

	/**
	 * The number of faults so far.
	 * @return the number
	 */
	public long count() {
		return this.count.get();
	}

}
