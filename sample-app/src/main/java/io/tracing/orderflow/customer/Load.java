// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.customer;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.tracing.orderflow.terminal.CollectedTrace;
import io.tracing.orderflow.terminal.TraceCollector;
import org.jspecify.annotations.Nullable;

/**
 * Places orders at a rate, whether or not the services keep up, and waits until each was
 * dealt with.
 */
final class Load {

	/** Nothing has happened for so long: the rest is given up on. */
	private static final Duration STALLED = Duration.ofSeconds(20);

	private static final Duration LINE_EVERY = Duration.ofSeconds(1);

	private final OrderClient client;

	private final TraceCollector traces;

	private final BooleanSupplier stopped;

	private final LoadTally tally = new LoadTally();

	private @Nullable CollectedTrace slowest;

	Load(OrderClient client, TraceCollector traces, BooleanSupplier stopped) {
		this.client = client;
		this.traces = traces;
		this.stopped = stopped;
	}

	/**
	 * Runs the load.
	 * @param rate orders a second
	 * @param time how long to place orders
	 * @param lines takes a line of progress every second; if it fails the load ends
	 */
	void run(int rate, Duration time, Lines lines) throws IOException {
		Runnable stopListening = this.traces.onSpanEnd(this.tally::spanEnded);
		ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
		try {
			AtomicInteger left = new AtomicInteger(Math.toIntExact(rate * time.toSeconds()));
			clock.scheduleAtFixedRate(() -> placeOrder(left), 0, TimeUnit.SECONDS.toNanos(1) / rate,
					TimeUnit.NANOSECONDS);
			long began = System.nanoTime();
			report(began, lines, () -> left.get() <= 0);
			clock.shutdownNow();
			Stall stall = new Stall();
			report(began, lines, () -> this.tally.isSettled() || stall.isOver());
		}
		finally {
			clock.shutdownNow();
			stopListening.run();
		}
	}

	private void placeOrder(AtomicInteger left) {
		if (left.getAndDecrement() <= 0) {
			return;
		}
		String item = "ITEM-%03d".formatted(1 + ThreadLocalRandom.current().nextInt(10));
		this.tally.sent();
		this.client.placeAsync(OrderClient.order(item)).whenComplete((order, failure) -> this.tally.answered(order));
	}

	private void report(long began, Lines lines, BooleanSupplier end) throws IOException {
		long next = System.nanoTime() + LINE_EVERY.toNanos();
		while (!end.getAsBoolean() && !this.stopped.getAsBoolean()) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
			if (System.nanoTime() >= next) {
				next += LINE_EVERY.toNanos();
				keepSlowest();
				lines.write("%4d s   %s".formatted(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
						this.tally.line()));
			}
		}
		keepSlowest();
	}

	/** While it is still among the traces that are kept. */
	private void keepSlowest() {
		String traceId = this.tally.slowest();
		CollectedTrace trace = (traceId != null) ? this.traces.trace(traceId) : null;
		if (trace != null && !trace.spans().isEmpty()) {
			this.slowest = trace;
		}
	}

	String summary() {
		return this.tally.line();
	}

	@Nullable CollectedTrace slowest() {
		return this.slowest;
	}

	/** Takes lines of progress. */
	interface Lines {

		void write(String line) throws IOException;

	}

	private final class Stall {

		private int changes = -1;

		private long since;

		boolean isOver() {
			int now = Load.this.tally.changes();
			if (now != this.changes) {
				this.changes = now;
				this.since = System.nanoTime();
			}
			return System.nanoTime() - this.since >= STALLED.toNanos();
		}

	}

}
