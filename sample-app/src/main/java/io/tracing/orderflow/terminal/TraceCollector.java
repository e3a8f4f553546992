// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Keeps the newest traces of every service that it is a span processor of, with the spans
 * that are still open. Its memory is bounded: the oldest trace goes first, and a trace
 * takes no more than so many spans.
 */
public final class TraceCollector implements SpanProcessor {

	private final int maximumTraces;

	private final int maximumSpans;

	private final Map<String, TraceBuffer> traces = new LinkedHashMap<>();

	private final List<Consumer<SpanData>> listeners = new CopyOnWriteArrayList<>();

	public TraceCollector() {
		this(1_000, 2_000);
	}

	public TraceCollector(int maximumTraces, int maximumSpans) {
		this.maximumTraces = maximumTraces;
		this.maximumSpans = maximumSpans;
	}

	/**
	 * Calls the listener with every span that ends, on the thread that ends it.
	 * @param listener what to call
	 * @return stops the calls
	 */
	public Runnable onSpanEnd(Consumer<SpanData> listener) {
		this.listeners.add(listener);
		return () -> this.listeners.remove(listener);
	}

	/**
	 * The trace as far as it is known now, with the spans of other traces that link to
	 * it.
	 * @param traceId the trace's id
	 * @return the trace, without spans if it is unknown or was evicted
	 */
	public synchronized CollectedTrace trace(String traceId) {
		TraceBuffer buffer = this.traces.get(traceId);
		if (buffer == null) {
			return new CollectedTrace(traceId, List.of(), 0);
		}
		List<SpanData> spans = new ArrayList<>(buffer.spans.values());
		for (String follower : buffer.followers) {
			TraceBuffer other = this.traces.get(follower);
			if (other != null) {
				spans.addAll(other.spans.values());
			}
		}
		return new CollectedTrace(traceId, spans, buffer.dropped);
	}

	/**
	 * How long no span of the trace has started or ended.
	 * @param traceId the trace's id
	 * @return the time since the last change, zero if the trace is unknown
	 */
	public synchronized Duration quietFor(String traceId) {
		TraceBuffer buffer = this.traces.get(traceId);
		return (buffer != null) ? Duration.ofNanos(System.nanoTime() - buffer.changed) : Duration.ZERO;
	}

	/**
	 * The ids of the traces that are kept.
	 * @return the ids, oldest first
	 */
	public synchronized List<String> traceIds() {
		return List.copyOf(this.traces.keySet());
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		store(span.toSpanData());
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		add(span.toSpanData());
	}

	/**
	 * Adds a span that has ended, wherever it was seen.
	 * @param span the span
	 */
	public void add(SpanData span) {
		store(span);
		this.listeners.forEach((listener) -> listener.accept(span));
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	private synchronized void store(SpanData span) {
		TraceBuffer buffer = this.traces.computeIfAbsent(span.getTraceId(), (id) -> new TraceBuffer());
		if (buffer.spans.containsKey(span.getSpanId()) || buffer.spans.size() < this.maximumSpans) {
			buffer.spans.put(span.getSpanId(), span);
		}
		else if (!span.hasEnded()) {
			// Counted at its start only: it will end, too.
			buffer.dropped++;
		}
		buffer.changed = System.nanoTime();
		for (LinkData link : span.getLinks()) {
			String linked = link.getSpanContext().getTraceId();
			if (!linked.equals(span.getTraceId()) && this.traces.containsKey(linked)) {
				this.traces.get(linked).followers.add(span.getTraceId());
			}
		}
		evict();
	}

	private void evict() {
		Iterator<String> oldest = this.traces.keySet().iterator();
		while (this.traces.size() > this.maximumTraces) {
			oldest.next();
			oldest.remove();
		}
	}

	private static final class TraceBuffer {

		private final Map<String, SpanData> spans = new LinkedHashMap<>();

		private final Set<String> followers = new LinkedHashSet<>();

		private int dropped;

		private long changed;

	}

}
