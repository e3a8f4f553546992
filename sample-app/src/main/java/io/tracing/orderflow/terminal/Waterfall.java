// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Draws a trace as a waterfall: one line per span on a common scale, and one for the time
 * that each message spent in the queue. The same spans give the same text.
 */
public final class Waterfall {

	private static final int DURATION_WIDTH = 9;

	private static final int LONGEST_LABEL = 60;

	private static final int SHORTEST_BAR = 20;

	private static final String SEPARATOR = "   ";

	private final TerminalStyle style;

	private final Glyphs glyphs;

	public Waterfall(TerminalStyle style) {
		this.style = style;
		this.glyphs = style.glyphs();
	}

	/**
	 * Draws the trace.
	 * @param trace the trace, with one span at least
	 * @param problems why it is not complete, to be printed below it
	 * @return the picture, each line ended by a line feed
	 */
	public String render(CollectedTrace trace, List<String> problems) {
		Rows rows = Rows.of(trace, this.glyphs);
		if (rows.rows().isEmpty()) {
			return "trace " + trace.traceId() + SEPARATOR + "no span\n" + summary(trace, problems);
		}
		Columns columns = columns(rows.rows());
		Timeline timeline = new Timeline(rows.rows(), columns.bar());
		StringBuilder picture = new StringBuilder();
		picture.append(header(trace, rows)).append("\n\n");
		String title = pad("service", columns.service()) + " " + pad("operation", columns.label()) + " ";
		line(picture, this.style.colour() ? Ansi.DIM : null, title + timeline.axis(this.glyphs.breakEdge));
		for (Row row : rows.rows()) {
			picture.append(draw(row, columns, timeline));
		}
		return picture.append('\n').append(summary(trace, problems)).toString();
	}

	private String header(CollectedTrace trace, Rows rows) {
		long start = trace.spans().stream().mapToLong((span) -> span.getStartEpochNanos()).min().orElse(0);
		List<String> parts = new ArrayList<>(List.of(trace.spans().get(0).getName(), "trace " + trace.traceId(),
				count(trace.services().size(), "service"), count(trace.spans().size(), "span"),
				"total " + DurationFormat.format(rows.end() - start),
				"in queue " + DurationFormat.format(rows.timeInQueue())));
		if (rows.failures() > 0) {
			parts.add(this.glyphs.error + " " + count(rows.failures(), "error"));
		}
		String header = wrap(parts);
		return this.style.colour() ? Ansi.BOLD.wrap(header) : header;
	}

	/** Breaks the line between two parts where the terminal ends. */
	private String wrap(List<String> parts) {
		StringBuilder text = new StringBuilder();
		int column = 0;
		for (String part : parts) {
			if (column > 0) {
				boolean fits = column + SEPARATOR.length() + part.length() <= this.style.width();
				text.append(fits ? SEPARATOR : "\n");
				column = fits ? column + SEPARATOR.length() : 0;
			}
			text.append(part);
			column += part.length();
		}
		return text.toString();
	}

	private String summary(CollectedTrace trace, List<String> problems) {
		if (problems.isEmpty()) {
			String verdict = this.glyphs.ok + " unbroken: one trace id in " + count(trace.services().size(), "service");
			String names = " (" + String.join(", ", trace.services()) + ")";
			verdict += (verdict.length() + names.length() <= this.style.width()) ? names : "";
			return (this.style.colour() ? Ansi.GREEN.wrap(verdict) : verdict) + "\n";
		}
		String verdict = problems.stream()
			.map((problem) -> this.glyphs.error + " broken: " + problem)
			.collect(Collectors.joining("\n"));
		return (this.style.colour() ? Ansi.RED.wrap(verdict) : verdict) + "\n";
	}

	private String draw(Row row, Columns columns, Timeline timeline) {
		StringBuilder picture = new StringBuilder();
		String start = pad(row.service(), columns.service()) + " ";
		if (row.duration() == null) {
			String remark = this.glyphs.cut(start + row.label(), this.style.width());
			line(picture, this.style.colour() ? Ansi.RED : null, remark);
			return picture.toString();
		}
		char glyph = switch (row.kind()) {
			case QUEUE -> this.glyphs.queue;
			case BACK_OFF -> this.glyphs.backOff;
			default -> this.glyphs.bar;
		};
		String bar = timeline.bar(row.from(), row.to(), glyph, row.isSpan() ? this.glyphs.thinBar : glyph,
				this.glyphs.breakEdge);
		line(picture, colour(row.kind()), start + pad(this.glyphs.cut(row.label(), columns.label()), columns.label())
				+ " " + bar + padLeft(row.duration(), DURATION_WIDTH));
		return picture.toString();
	}

	private @Nullable Ansi colour(Row.Kind kind) {
		if (!this.style.colour()) {
			return null;
		}
		return switch (kind) {
			case FAILED_SPAN, REMARK -> Ansi.RED;
			case QUEUE, BACK_OFF -> Ansi.YELLOW;
			case SPAN -> null;
		};
	}

	private Columns columns(List<Row> rows) {
		int service = rows.stream().mapToInt((row) -> row.service().length()).max().orElse(0);
		service = Math.max(service, "service".length());
		int label = rows.stream()
			.filter((row) -> row.duration() != null)
			.mapToInt((row) -> row.label().length())
			.max()
			.orElse(0);
		int free = this.style.width() - service - 2 - DURATION_WIDTH;
		label = Math.min(Math.max(label, "operation".length()), Math.min(LONGEST_LABEL, free - SHORTEST_BAR));
		return new Columns(service, label, free - label);
	}

	private static void line(StringBuilder picture, @Nullable Ansi colour, String text) {
		String stripped = text.stripTrailing();
		picture.append((colour != null) ? colour.wrap(stripped) : stripped).append('\n');
	}

	private static String count(int count, String noun) {
		return count + " " + noun + ((count == 1) ? "" : "s");
	}

	private static String pad(String text, int width) {
		return text + " ".repeat(Math.max(0, width - text.length()));
	}

	private static String padLeft(String text, int width) {
		return " ".repeat(Math.max(0, width - text.length())) + text;
	}

	private record Columns(int service, int label, int bar) {
	}

}
