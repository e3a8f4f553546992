// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

import io.opentelemetry.sdk.common.CompletableResultCode;
import org.jspecify.annotations.Nullable;

/**
 * Between the threads that export and the one that publishes. Bounded in bytes: a message
 * takes its room until the stream has it, or it is dropped. The lock is held for a few
 * instructions at a time, never while something is sent.
 */
final class PublishBuffer {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<OutgoingMessage> waiting = new ArrayDeque<>();

	private final Deque<Flush> flushes = new ArrayDeque<>();

	private final long capacity;

	private long bytes;

	private long lastNumber;

	private boolean closed;

	// Whether there is something that the publishing thread does not know of.
	private boolean news;

	PublishBuffer(long capacity) {
		this.capacity = capacity;
	}

	/**
	 * Take a message, if there is room.
	 * @param size its size
	 * @param message makes the message of its number
	 * @return why it was not taken, {@code null} if it was
	 */
	@Nullable DropReason offer(int size, LongFunction<OutgoingMessage> message) {
		this.lock.lock();
		try {
			if (this.closed) {
				return DropReason.SHUTDOWN;
			}
			if (this.bytes + size > this.capacity) {
				return DropReason.BUFFER_FULL;
			}
			this.bytes += size;
			this.waiting.add(message.apply(++this.lastNumber));
			tell();
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable OutgoingMessage poll() {
		this.lock.lock();
		try {
			return this.waiting.poll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Free the room of a message for which nothing is left to do.
	 */
	void release(OutgoingMessage message) {
		this.lock.lock();
		try {
			this.bytes -= message.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	long bytes() {
		this.lock.lock();
		try {
			return this.bytes;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The number of the oldest message that was not polled yet.
	 */
	long oldestWaiting() {
		this.lock.lock();
		try {
			OutgoingMessage oldest = this.waiting.peek();
			return (oldest != null) ? oldest.number : Long.MAX_VALUE;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ask to be told when all that is here now is settled.
	 */
	Flush flush(long deadline) {
		this.lock.lock();
		try {
			Flush flush = new Flush(this.lastNumber, deadline);
			this.flushes.add(flush);
			tell();
			return flush;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable Flush pollFlush() {
		this.lock.lock();
		try {
			return this.flushes.poll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Take nothing any more.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			tell();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	void wake() {
		this.lock.lock();
		try {
			tell();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void tell() {
		if (!this.news) {
			this.news = true;
			this.changed.signal();
		}
	}

	/**
	 * Wait for news, for the time given at most.
	 */
	void await(long nanos) throws InterruptedException {
		this.lock.lock();
		try {
			long left = nanos;
			while (!this.news && left > 0) {
				left = this.changed.awaitNanos(left);
			}
			this.news = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Somebody waits until all messages up to a number are settled.
	 */
	static final class Flush {

		final CompletableResultCode result = new CompletableResultCode();

		final long upTo;

		final long deadline;

		private boolean incomplete;

		Flush(long upTo, long deadline) {
			this.upTo = upTo;
			this.deadline = deadline;
		}

		void dropped(OutgoingMessage message) {
			this.incomplete |= message.number <= this.upTo;
		}

		/**
		 * End the wait if it is over.
		 * @return whether it is
		 */
		boolean end(long oldestUnsettled, long now, boolean hopeless) {
			if (oldestUnsettled > this.upTo) {
				if (this.incomplete) {
					this.result.fail();
				}
				else {
					this.result.succeed();
				}
			}
			else if (hopeless || now - this.deadline >= 0) {
				this.result.fail();
			}
			return this.result.isDone();
		}

		static long deadline(long nanos) {
			return System.nanoTime() + Math.min(nanos, TimeUnit.DAYS.toNanos(1));
		}

	}

}
