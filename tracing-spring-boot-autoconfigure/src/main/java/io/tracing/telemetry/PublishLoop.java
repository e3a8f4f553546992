// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.PublishAck;
import io.tracing.telemetry.wire.TelemetrySubjects;
import org.jspecify.annotations.Nullable;

/**
 * What the publishing thread does: it sends what waits, a bounded number at a time, and
 * keeps each message until the stream has acknowledged it. What gets no answer, or a bad
 * one, is sent again with the same id, by which the stream knows it. All state is this
 * thread's own; what jnats reports comes in through a queue.
 */
final class PublishLoop implements Runnable {

	private static final int MAX_ON_THE_WAY = 512;

	private static final long MAX_BYTES_ON_THE_WAY = 8 << 20;

	private static final long ACK_TIMEOUT = TimeUnit.SECONDS.toNanos(5);

	// How often one message gets no answer while others do, before it is given up.
	private static final int MAX_TIMEOUTS = 4;

	private static final long IDLE = TimeUnit.SECONDS.toNanos(1);

	private static final long CLOSING = TimeUnit.MILLISECONDS.toNanos(20);

	private final PublishBuffer buffer;

	private final StreamLink link;

	private final Outcomes outcomes;

	private final Map<Long, OutgoingMessage> onTheWay = new LinkedHashMap<>();

	private final Deque<OutgoingMessage> retries = new ArrayDeque<>();

	private final List<PublishBuffer.Flush> flushes = new ArrayList<>();

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	private volatile long stopAt;

	private volatile boolean stopping;

	private long bytesOnTheWay;

	private int arrivals;

	private long lastAck;

	private long nextTimeoutCheck = System.nanoTime();

	PublishLoop(PublishBuffer buffer, StreamLink link, Outcomes outcomes) {
		this.buffer = buffer;
		this.link = link;
		this.outcomes = outcomes;
	}

	@Override
	public void run() {
		try {
			while (!isOver()) {
				long now = System.nanoTime();
				takeAnswers(now);
				checkTimeouts(now);
				publish(now);
				endFlushes(now);
				this.buffer.await(pause(System.nanoTime()));
			}
		}
		catch (InterruptedException ex) {
			// Whoever stops the publisher does not wait any longer.
			return;
		}
		finally {
			dropTheRest();
			this.link.close();
		}
	}

	/**
	 * End when all is sent, and at the given time at the latest. Called by other threads.
	 */
	void stopBy(long deadline) {
		this.stopAt = deadline;
		this.stopping = true;
		this.buffer.wake();
	}

	private boolean isOver() {
		return this.stopping && (oldestUnsettled() == Long.MAX_VALUE && this.answers.isEmpty()
				|| System.nanoTime() - this.stopAt >= 0);
	}

	private long oldestUnsettled() {
		Iterator<Long> oldest = this.onTheWay.keySet().iterator();
		return Math.min(oldest.hasNext() ? oldest.next() : Long.MAX_VALUE, this.buffer.oldestWaiting());
	}

	private void takeAnswers(long now) {
		for (Answer answer = this.answers.poll(); answer != null; answer = this.answers.poll()) {
			OutgoingMessage message = answer.message;
			if (message.settled) {
				continue;
			}
			if (answer.ack != null) {
				this.lastAck = now;
				this.link.succeeded();
				settle(message);
				this.outcomes.published(message);
			}
			else if (answer.attempt == message.attempts && !message.waitsForRetry) {
				failed(message, answer.fault, now);
			}
		}
	}

	private void failed(OutgoingMessage message, @Nullable Throwable fault, long now) {
		Throwable cause = PublishFault.cause(fault);
		if (cause instanceof JetStreamApiException refused && PublishFault.isTooLarge(refused)) {
			drop(message, DropReason.TOO_LARGE, "the stream '%s' takes no message of this size (%s): raise its limit"
				.formatted(this.link.stream(), refused.getErrorDescription()));
			return;
		}
		if (!PublishFault.isTimeout(cause)) {
			this.link.failed(cause);
			retry(message, now);
		}
		else {
			timedOut(message, now);
		}
	}

	private void timedOut(OutgoingMessage message, long now) {
		message.timeouts++;
		if (message.timeouts >= MAX_TIMEOUTS && this.lastAck - message.firstPublished > 0) {
			drop(message, DropReason.REFUSED, "NATS answers others, but not '%s': allow the user to publish to '%s'"
				.formatted(message.subject, TelemetrySubjects.ALL));
		}
		else {
			retry(message, now);
		}
	}

	private void retry(OutgoingMessage message, long now) {
		message.waitsForRetry = true;
		message.due = now + StreamLink.backoff(message.timeouts);
		this.retries.add(message);
	}

	/**
	 * jnats answers for a request that timed out, but only as often as the application's
	 * connection tidies up.
	 */
	private void checkTimeouts(long now) {
		if (now - this.nextTimeoutCheck < 0) {
			return;
		}
		this.nextTimeoutCheck = now + ACK_TIMEOUT / 10;
		for (OutgoingMessage message : List.copyOf(this.onTheWay.values())) {
			if (!message.waitsForRetry && now - message.lastPublished >= ACK_TIMEOUT) {
				timedOut(message, now);
			}
		}
	}

	private void publish(long now) {
		if (this.onTheWay.isEmpty() && this.buffer.oldestWaiting() == Long.MAX_VALUE) {
			return;
		}
		JetStream stream = this.link.open(now);
		if (stream == null) {
			return;
		}
		if (this.arrivals != this.link.arrivals()) {
			this.arrivals = this.link.arrivals();
			repeatAll(now);
		}
		for (int i = this.retries.size(); i > 0; i--) {
			OutgoingMessage message = this.retries.remove();
			if (!message.settled && message.due - now > 0) {
				this.retries.add(message);
			}
			else if (!message.settled && !publish(message, stream)) {
				return;
			}
		}
		while (this.onTheWay.size() < MAX_ON_THE_WAY && this.bytesOnTheWay < MAX_BYTES_ON_THE_WAY) {
			OutgoingMessage message = this.buffer.poll();
			if (message == null) {
				return;
			}
			this.onTheWay.put(message.number, message);
			this.bytesOnTheWay += message.body.length;
			if (!publish(message, stream)) {
				return;
			}
		}
	}

	/**
	 * The connection is another, or was away: nobody knows what got through.
	 */
	private void repeatAll(long now) {
		for (OutgoingMessage message : this.onTheWay.values()) {
			message.timeouts = 0;
			message.firstPublished = now;
			message.due = now;
			if (!message.waitsForRetry) {
				message.waitsForRetry = true;
				this.retries.add(message);
			}
		}
	}

	/**
	 * Publish a message.
	 * @return whether it makes sense to go on with others
	 */
	private boolean publish(OutgoingMessage message, JetStream stream) {
		int attempt = ++message.attempts;
		message.waitsForRetry = false;
		message.lastPublished = System.nanoTime();
		if (message.firstPublished == 0) {
			message.firstPublished = message.lastPublished;
		}
		if (attempt > 1) {
			this.outcomes.retried();
		}
		try {
			stream.publishAsync(message.subject, message.headers, message.body)
				.whenComplete((ack, fault) -> answered(new Answer(message, attempt, ack, fault)));
			return true;
		}
		catch (IllegalArgumentException ex) {
			// The client looks at the size and the subject before it sends.
			long limit = this.link.maxPayload();
			if (limit >= 0 && message.size() >= limit) {
				drop(message, DropReason.TOO_LARGE,
						"it has %d bytes, and the server takes %d: raise the server's max_payload"
							.formatted(message.body.length, limit));
			}
			else {
				drop(message, DropReason.REFUSED,
						"'%s' is not a subject: change the name of the service".formatted(message.subject));
			}
			return true;
		}
		catch (RuntimeException ex) {
			this.link.failed(ex);
			retry(message, message.lastPublished);
			return false;
		}
	}

	private void answered(Answer answer) {
		this.answers.add(answer);
		this.buffer.wake();
	}

	private void drop(OutgoingMessage message, DropReason reason, String why) {
		settle(message);
		this.flushes.forEach((flush) -> flush.dropped(message));
		this.outcomes.dropped(message, reason, why);
	}

	private void settle(OutgoingMessage message) {
		message.settled = true;
		if (this.onTheWay.remove(message.number) != null) {
			this.bytesOnTheWay -= message.body.length;
		}
		this.buffer.release(message);
	}

	private void endFlushes(long now) {
		for (PublishBuffer.Flush flush = this.buffer.pollFlush(); flush != null; flush = this.buffer.pollFlush()) {
			this.flushes.add(flush);
		}
		if (!this.flushes.isEmpty()) {
			long oldest = oldestUnsettled();
			boolean hopeless = this.stopping && now - this.stopAt >= 0;
			this.flushes.removeIf((flush) -> flush.end(oldest, now, hopeless));
		}
	}

	/**
	 * How long there is nothing to do, if nobody says anything.
	 */
	private long pause(long now) {
		if (this.onTheWay.isEmpty() && this.flushes.isEmpty() && !this.stopping
				&& this.buffer.oldestWaiting() == Long.MAX_VALUE) {
			return IDLE;
		}
		long until = now + (this.stopping || !this.flushes.isEmpty() ? CLOSING : IDLE / 10);
		long next = this.link.nextAttempt();
		if (next - now > 0 && next - until < 0) {
			until = next;
		}
		for (OutgoingMessage message : this.retries) {
			if (message.due - until < 0) {
				until = message.due;
			}
		}
		return Math.max(until - now, TimeUnit.MILLISECONDS.toNanos(1));
	}

	private void dropTheRest() {
		this.buffer.close();
		List<OutgoingMessage> rest = new ArrayList<>(this.onTheWay.values());
		for (OutgoingMessage message = this.buffer.poll(); message != null; message = this.buffer.poll()) {
			rest.add(message);
		}
		rest.forEach(this::settle);
		this.outcomes.left(rest);
		endFlushes(System.nanoTime());
		this.flushes.forEach((flush) -> flush.result.fail());
	}

	/**
	 * What becomes of messages.
	 */
	interface Outcomes {

		void published(OutgoingMessage message);

		void retried();

		void dropped(OutgoingMessage message, DropReason reason, String why);

		void left(List<OutgoingMessage> messages);

	}

	/**
	 * What jnats says about one attempt.
	 */
	private record Answer(OutgoingMessage message, int attempt, @Nullable PublishAck ack, @Nullable Throwable fault) {

	}

}
