// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * The common scale of the bars: maps times to columns. A stretch in which nothing starts
 * or ends and that dwarfs everything else is cut out and drawn as a break of fixed width,
 * so that what takes milliseconds can still be seen after a wait of minutes.
 */
final class Timeline {

	/** Nobody works: a message waits in the queue, or for its next attempt. */
	private static final Cut IDLE = new Cut(200_000_000L, 2);

	/** Somebody works, so the length of the bar says something. */
	private static final Cut BUSY = new Cut(1_000_000_000L, 4);

	private static final int BREAK_WIDTH = 10;

	private static final int TICK_WIDTH = 10;

	private final int width;

	private final long start;

	private final List<Segment> segments = new ArrayList<>();

	/**
	 * Creates a scale.
	 * @param rows what is to be drawn, not empty
	 * @param width the number of columns
	 */
	Timeline(List<Row> rows, int width) {
		List<Row> bars = rows.stream().filter((row) -> row.kind() != Row.Kind.REMARK).toList();
		long[] moments = bars.stream()
			.flatMapToLong((bar) -> LongStream.of(bar.from(), bar.to()))
			.sorted()
			.distinct()
			.toArray();
		this.width = width;
		this.start = moments[0];
		List<Gap> gaps = new ArrayList<>();
		for (int i = 1; i < moments.length; i++) {
			Gap gap = new Gap(moments[i - 1], moments[i]);
			gaps.add(gap);
		}
		gaps.removeIf((gap) -> gap.length() < cut(gap, bars).shortest());
		long total = Math.max(1, moments[moments.length - 1] - this.start);
		long rest = total - gaps.stream().mapToLong(Gap::length).sum();
		gaps.removeIf((gap) -> gap.length() < cut(gap, bars).dwarfs() * rest);
		layOut(longest(gaps), this.start + total);
	}

	private static Cut cut(Gap gap, List<Row> bars) {
		boolean busy = bars.stream()
			.anyMatch((bar) -> bar.isSpan() && bar.from() <= gap.from() && bar.to() >= gap.to());
		return busy ? BUSY : IDLE;
	}

	/** No more breaks than leave half of the columns to what happens. */
	private List<Gap> longest(List<Gap> gaps) {
		return gaps.stream()
			.sorted(Comparator.comparingLong(Gap::length).reversed())
			.limit(this.width / (2 * BREAK_WIDTH))
			.sorted(Comparator.comparingLong(Gap::from))
			.toList();
	}

	private void layOut(List<Gap> gaps, long end) {
		long cut = gaps.stream().mapToLong(Gap::length).sum();
		double perColumn = (double) Math.max(1, end - this.start - cut) / (this.width - gaps.size() * BREAK_WIDTH);
		double column = 0;
		long from = this.start;
		for (Gap gap : gaps) {
			double to = column + (gap.from() - from) / perColumn;
			this.segments.add(new Segment(from, gap.from(), column, to, false));
			this.segments.add(new Segment(gap.from(), gap.to(), to, to + BREAK_WIDTH, true));
			column = to + BREAK_WIDTH;
			from = gap.to();
		}
		this.segments.add(new Segment(from, end, column, this.width, false));
	}

	/**
	 * A bar as text of the scale's width.
	 */
	String bar(long from, long to, char glyph, char thin, char edge) {
		char[] cells = empty(edge);
		double first = column(from);
		double last = column(to);
		int begin = Math.min((int) first, this.width - 1);
		int end = Math.min(Math.max((int) Math.round(last), begin + 1), this.width);
		char fill = (last - first < 0.5) ? thin : glyph;
		for (int i = begin; i < end; i++) {
			if (cells[i] != edge) {
				cells[i] = fill;
			}
		}
		return new String(cells);
	}

	/**
	 * The line above the bars: times, and how long each break is.
	 */
	String axis(char edge) {
		char[] cells = empty(edge);
		for (Segment segment : this.segments) {
			if (segment.cut()) {
				int middle = ((int) segment.first() + (int) segment.last()) / 2;
				String label = DurationFormat.format(segment.to() - segment.from());
				place(cells, middle - label.length() / 2, label);
			}
			else {
				placeTicks(cells, segment);
			}
		}
		return new String(cells);
	}

	private void placeTicks(char[] cells, Segment segment) {
		double perColumn = (segment.to() - segment.from()) / Math.max(1, segment.last() - segment.first());
		long step = niceStep(perColumn * TICK_WIDTH);
		long first = (segment.from() - this.start + step - 1) / step * step;
		for (long tick = first; tick <= segment.to() - this.start; tick += step) {
			place(cells, (int) column(this.start + tick), tick(tick, step));
		}
	}

	private static String tick(long nanos, long step) {
		if (nanos < 1_000_000_000L) {
			return (step < 1_000_000L) ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6) : nanos / 1_000_000 + " ms";
		}
		int digits = (step >= 1_000_000_000L) ? 0 : (step >= 100_000_000L) ? 1 : (step >= 10_000_000L) ? 2 : 3;
		return String.format(Locale.ROOT, "%." + digits + "f s", nanos / 1e9);
	}

	/** The next of 1, 2, 5, 10, 20, 50 ... */
	private static long niceStep(double nanos) {
		long magnitude = 1;
		while (true) {
			for (int factor : new int[] { 1, 2, 5 }) {
				if (magnitude * factor >= nanos) {
					return Math.max(100_000L, magnitude * factor);
				}
			}
			magnitude *= 10;
		}
	}

	/** Only where it runs into nothing else: half a label would be a wrong one. */
	private static void place(char[] cells, int at, String label) {
		int before = Math.max(0, at - 1);
		if (at < 0 || at + label.length() > cells.length) {
			return;
		}
		for (int i = before; i < Math.min(cells.length, at + label.length() + 1); i++) {
			if (cells[i] != ' ' && i >= at && i < at + label.length() || isText(cells[i])) {
				return;
			}
		}
		label.getChars(0, label.length(), cells, at);
	}

	private static boolean isText(char cell) {
		return Character.isLetterOrDigit(cell);
	}

	private char[] empty(char edge) {
		char[] cells = new char[this.width];
		Arrays.fill(cells, ' ');
		for (Segment segment : this.segments) {
			if (segment.cut()) {
				cells[Math.min((int) segment.first(), this.width - 1)] = edge;
				cells[Math.min((int) segment.last() - 1, this.width - 1)] = edge;
			}
		}
		return cells;
	}

	private double column(long moment) {
		for (Segment segment : this.segments) {
			if (moment <= segment.to()) {
				long length = Math.max(1, segment.to() - segment.from());
				double share = Math.max(0, moment - segment.from()) / (double) length;
				return segment.first() + share * (segment.last() - segment.first());
			}
		}
		return this.width;
	}

	private record Segment(long from, long to, double first, double last, boolean cut) {
	}

	private record Gap(long from, long to) {

		long length() {
			return this.to - this.from;
		}

	}

	/**
	 * What is cut: at least so long, and so many times as long as all that is not cut.
	 */
	private record Cut(long shortest, int dwarfs) {
	}

}
