// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import io.nats.client.Connection;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.RequestFailureMessage;
import io.nats.client.support.NatsRequestCompletableFuture;
import io.tracing.messaging.Faults;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Ends the spans of requests. jnats answers a request that failed in several ways, none
 * of which says plainly what happened: {@code null}, a cancelled future, or, if asked
 * for, a message that is none.
 */
final class Requests {

	private static final String TIMEOUT = "timeout";

	private static final String NO_RESPONDERS = "no_responders";

	private static final String CONNECTION_CLOSING = "connection_closing";

	private static final String JNATS = "io.nats.client.impl.";

	private static final int NO_RESPONDERS_STATUS = 503;

	// Since jnats 2.26.
	private static final boolean FAILURE_MESSAGES = hasFailureMessages();

	private static final StackWalker STACK = StackWalker.getInstance();

	private final Connection connection;

	private final Faults faults;

	Requests(ConnectionTracing connection) {
		this.connection = connection.connection();
		this.faults = connection.nats().messaging().faults();
	}

	private static boolean hasFailureMessages() {
		try {
			return Message.class.isAssignableFrom(RequestFailureMessage.class);
		}
		catch (NoClassDefFoundError ex) {
			return false;
		}
	}

	/**
	 * A request that was waited for has returned.
	 * @param span its span
	 * @param reply the reply, {@code null} if there was none
	 * @param nanos how long it took
	 * @param timeout how long it was to take at most, {@code null} for that of the
	 * connection
	 */
	void end(RunningSpan span, @Nullable Message reply, long nanos, @Nullable Duration timeout) {
		try {
			if (reply != null) {
				end(span, reply);
			}
			else {
				failWithoutReply(span, nanos, (timeout != null) ? timeout : defaultTimeout());
			}
		}
		catch (Throwable ex) {
			this.faults.report("ending the span of a NATS request", ex);
		}
		finally {
			span.end(null);
		}
	}

	/**
	 * Whichever is over first: how long jnats waits, or how long it keeps a request that
	 * has no timeout of its own.
	 */
	private Duration defaultTimeout() {
		Options options = this.connection.getOptions();
		Duration waiting = options.getConnectionTimeout();
		Duration keeping = options.getRequestCleanupInterval();
		return (waiting.compareTo(keeping) < 0) ? waiting : keeping;
	}

	private void failWithoutReply(RunningSpan span, long nanos, Duration limit) {
		if (nanos >= limit.toNanos()) {
			span.fail(TIMEOUT, "no reply within " + limit);
		}
		else if (this.connection.getConnectedUrl() == null) {
			// It has no status for this: while it is being closed, it is still connected.
			span.fail(CONNECTION_CLOSING, "the connection was closed before the reply came");
		}
		else {
			span.fail(NO_RESPONDERS, "nobody listens to the subject");
		}
	}

	/**
	 * A request is on its way.
	 * @param span its span
	 * @param reply completed with the reply; what the application gets is this future
	 * itself, because jnats would not notice if another one was cancelled
	 */
	void endWith(RunningSpan span, @Nullable CompletableFuture<Message> reply) {
		if (reply == null) {
			span.end(null);
			return;
		}
		reply.whenComplete((message, failure) -> {
			try {
				if (failure != null) {
					fail(span, reply, failure);
				}
				else if (message != null) {
					end(span, message);
				}
			}
			catch (Throwable ex) {
				this.faults.report("ending the span of a NATS request", ex);
			}
			finally {
				span.end(null);
			}
		});
	}

	private static void end(RunningSpan span, Message reply) {
		if (FAILURE_MESSAGES && reply instanceof RequestFailureMessage failure) {
			String reason = failure.getReason().name().toLowerCase(Locale.ROOT);
			span.fail(reason, String.valueOf(failure.getCause()));
			return;
		}
		ServiceRequest.ServiceError error = ServiceRequest.errorIn(reply.getHeaders());
		if (error != null) {
			span.fail(error.code(), error.text());
		}
		else if (reply.isStatusMessage() && reply.getStatus().getCode() == NO_RESPONDERS_STATUS) {
			span.fail(NO_RESPONDERS, reply.getStatus().getMessageWithCode());
		}
		else {
			span.end(null);
		}
	}

	private static void fail(RunningSpan span, CompletableFuture<Message> reply, Throwable failure) {
		boolean timedOut = failure instanceof TimeoutException
				|| (reply instanceof NatsRequestCompletableFuture request && request.wasCancelledTimedOut());
		boolean closing = reply instanceof NatsRequestCompletableFuture request && request.wasCancelledClosing();
		if (timedOut) {
			span.fail(TIMEOUT, String.valueOf(failure.getMessage()));
		}
		else if (closing) {
			span.fail(CONNECTION_CLOSING, String.valueOf(failure.getMessage()));
		}
		else if (failure instanceof JetStreamStatusException status
				&& status.getStatus().getCode() == NO_RESPONDERS_STATUS) {
			span.fail(NO_RESPONDERS, String.valueOf(failure.getMessage()));
		}
		else if (failure instanceof CancellationException) {
			boolean byApplication = isCancelledByApplication();
			span.fail(byApplication ? "cancelled" : NO_RESPONDERS,
					byApplication ? "the application cancelled the request" : "nobody listens to the subject");
		}
		else {
			span.end(failure);
		}
	}

	/**
	 * Whether it is the application that cancels the future. jnats does so as well, if
	 * the server says that nobody listens, and leaves no other trace of why than who
	 * called {@code cancel}. Where nobody does, the future was cancelled before the
	 * application was given it, or a thread that waits for it is the first to hear of it.
	 */
	private static boolean isCancelledByApplication() {
		return STACK.walk((frames) -> {
			Iterator<StackWalker.StackFrame> rest = frames.dropWhile((frame) -> !isOfFuture(frame)).iterator();
			StackWalker.StackFrame frame = rest.next();
			while (rest.hasNext() && isOfFuture(frame) && !frame.getMethodName().equals("cancel")) {
				frame = rest.next();
			}
			return isOfFuture(frame) && rest.hasNext() && !rest.next().getClassName().startsWith(JNATS);
		});
	}

	private static boolean isOfFuture(StackWalker.StackFrame frame) {
		return frame.getClassName().startsWith(CompletableFuture.class.getName());
	}

}
