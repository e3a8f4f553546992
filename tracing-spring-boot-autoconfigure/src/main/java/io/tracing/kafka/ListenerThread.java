// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the listener whose container runs on this thread, from its start to
 * its stop. Containers of a context that publishes events have one.
 */
final class ListenerThread {

	private static final ThreadLocal<@Nullable ListenerThread> CURRENT = new ThreadLocal<>();

	// Between two polls; what fails beyond that is in the trace too, one level up.
	private static final int MAX_FAILED = 256;

	private final boolean traced;

	private final boolean backsOff;

	private final boolean receivesReplies;

	private final Set<AwaitedResult> awaited = ConcurrentHashMap.newKeySet();

	private final Map<String, Context> failed = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Context> eldest) {
			return size() > MAX_FAILED;
		}

	};

	/**
	 * Create a new instance.
	 * @param traced whether the records are traced
	 * @param backsOff whether a record that is not due yet is put back before the
	 * listener's adapter sees it
	 * @param receivesReplies whether each record is a reply with a span of its own
	 */
	ListenerThread(boolean traced, boolean backsOff, boolean receivesReplies) {
		this.traced = traced;
		this.backsOff = backsOff;
		this.receivesReplies = receivesReplies;
	}

	static @Nullable ListenerThread current() {
		return CURRENT.get();
	}

	/**
	 * Whether the records of this thread's listener are traced.
	 */
	static boolean isListenerTraced() {
		ListenerThread current = CURRENT.get();
		return current == null || current.traced;
	}

	/**
	 * Whether a batch of this thread's listener has a span.
	 */
	static boolean tracesBatches() {
		ListenerThread current = CURRENT.get();
		return current == null || (current.traced && !current.receivesReplies);
	}

	/**
	 * Whether a record that is not due yet is put back before the listener's adapter sees
	 * it.
	 */
	boolean backsOff() {
		return this.backsOff;
	}

	void start() {
		CURRENT.set(this);
	}

	/**
	 * The container has stopped. What a future still holds is not acknowledged any more:
	 * its record is delivered again.
	 */
	void stop() {
		CURRENT.remove();
		for (AwaitedResult result : this.awaited) {
			result.abandon("the container stopped before the listener's future was completed");
		}
		this.awaited.clear();
	}

	void awaits(AwaitedResult result) {
		this.awaited.add(result);
	}

	void awaitsNoMore(AwaitedResult result) {
		this.awaited.remove(result);
	}

	/**
	 * An asynchronous listener has failed. The container hands the record to the error
	 * handler later, on this thread and outside of any callback.
	 */
	void failed(SpanContext producer, Context context) {
		if (producer.isValid()) {
			synchronized (this.failed) {
				this.failed.put(producer.getSpanId(), context);
			}
		}
	}

	/**
	 * The context in which a record failed that is now sent on, such as to a dead letter
	 * topic.
	 * @param carried the context in the record's headers, of the span that sent it first
	 * @return the context, {@code null} if no such record has failed
	 */
	static @Nullable Context contextOfFailed(SpanContext carried) {
		ListenerThread current = CURRENT.get();
		if (current == null) {
			return null;
		}
		synchronized (current.failed) {
			return current.failed.get(carried.getSpanId());
		}
	}

}
