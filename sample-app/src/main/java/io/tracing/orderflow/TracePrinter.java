// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.orderflow.terminal.CollectedTrace;
import io.tracing.orderflow.terminal.TraceCollector;

/**
 * Prints the trace of every order once, when it is complete, or when nothing more has
 * come for long.
 */
final class TracePrinter {

	private static final Duration GIVE_UP = Duration.ofSeconds(30);

	private final Console console;

	private final TraceCollector traces;

	private final OrderJourney journey;

	private final Set<String> done = new HashSet<>();

	private boolean paused;

	TracePrinter(Console console, TraceCollector traces, OrderJourney journey) {
		this.console = console;
		this.traces = traces;
		this.journey = journey;
	}

	/** Prints what comes from now on. */
	void start() {
		skip();
		ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "trace-printer");
			thread.setDaemon(true);
			return thread;
		});
		executor.scheduleWithFixedDelay(this::print, 100, 100, TimeUnit.MILLISECONDS);
	}

	/** Prints nothing until {@link #resume()}. */
	synchronized void pause() {
		this.paused = true;
	}

	/** Goes on with the orders that are placed from now on. */
	synchronized void resume() {
		skip();
		this.paused = false;
	}

	private synchronized void skip() {
		this.done.addAll(this.traces.traceIds());
	}

	private synchronized void print() {
		if (this.paused) {
			return;
		}
		List<String> traceIds = this.traces.traceIds();
		this.done.retainAll(traceIds);
		for (String traceId : traceIds) {
			if (!this.done.contains(traceId) && isDue(traceId)) {
				this.done.add(traceId);
				CollectedTrace trace = this.traces.trace(traceId);
				if (beginsWithAnOrder(trace)) {
					this.console.print(trace, this.journey.problems(trace));
				}
			}
		}
	}

	private boolean isDue(String traceId) {
		return this.journey.isComplete(traceId) || this.traces.quietFor(traceId).compareTo(GIVE_UP) > 0;
	}

	private static boolean beginsWithAnOrder(CollectedTrace trace) {
		SpanData first = trace.spans().get(0);
		return first.getKind() == SpanKind.SERVER && first.getName().contains(" /orders");
	}

}
