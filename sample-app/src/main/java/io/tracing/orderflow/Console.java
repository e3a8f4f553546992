// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import io.tracing.orderflow.terminal.CollectedTrace;
import io.tracing.orderflow.terminal.TerminalStyle;
import io.tracing.orderflow.terminal.Waterfall;

/**
 * Prints to the terminal. A picture is printed in one piece, so that no log line gets
 * into it.
 */
final class Console implements Progress {

	private final PrintStream out;

	private final Waterfall waterfall;

	private long stepBegan;

	Console(PrintStream out, TerminalStyle style) {
		this.out = out;
		this.waterfall = new Waterfall(style);
	}

	/**
	 * Prints lines.
	 * @param text the lines
	 */
	public synchronized void print(String text) {
		this.out.print(text.endsWith("\n") ? text : text + "\n");
		this.out.flush();
	}

	/**
	 * Prints the picture of a trace.
	 * @param trace the trace
	 * @param problems why it is not complete
	 */
	public void print(CollectedTrace trace, List<String> problems) {
		print("\n" + this.waterfall.render(trace, problems));
	}

	@Override
	public synchronized void begin(String step) {
		this.stepBegan = System.nanoTime();
		this.out.printf(Locale.ROOT, "  %-10s ", step);
		this.out.flush();
	}

	@Override
	public synchronized void remark(String step, String text) {
		this.out.printf(Locale.ROOT, "%s%n  %-10s ", text, step);
		this.out.flush();
	}

	@Override
	public synchronized void end(String step, String result) {
		Duration took = Duration.ofNanos(System.nanoTime() - this.stepBegan);
		this.out.printf(Locale.ROOT, "%-44s %4.1f s%n", result, took.toMillis() / 1e3);
		this.out.flush();
	}

}
