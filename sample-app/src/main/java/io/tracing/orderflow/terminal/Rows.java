// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.trace.SpanKind;

/**
 * Turns the tree into lines. A message gets lines of its own between its send and its
 * processing: how long it waited in the queue, and how long each retry was put off.
 */
final class Rows {

	private final CollectedTrace trace;

	private final Glyphs glyphs;

	private final long end;

	private final List<Row> rows = new ArrayList<>();

	private long timeInQueue;

	private int failures;

	private Rows(CollectedTrace trace, Glyphs glyphs) {
		this.trace = trace;
		this.glyphs = glyphs;
		this.end = trace.spans()
			.stream()
			.mapToLong((span) -> Math.max(span.getStartEpochNanos(), span.getEndEpochNanos()))
			.max()
			.orElse(0);
	}

	static Rows of(CollectedTrace trace, Glyphs glyphs) {
		Rows rows = new Rows(trace, glyphs);
		for (TraceNode root : trace.tree().roots()) {
			rows.add(root, "", "");
		}
		return rows;
	}

	List<Row> rows() {
		return this.rows;
	}

	/** The time in the queue of all messages of the trace, in nanoseconds. */
	long timeInQueue() {
		return this.timeInQueue;
	}

	int failures() {
		return this.failures;
	}

	/** When the last span that is known ended or, if it is open, started. */
	long end() {
		return this.end;
	}

	private void add(TraceNode node, String indent, String childIndent) {
		long to = node.isOpen() ? this.end : node.span().getEndEpochNanos();
		String duration = node.isOpen() ? "open" : DurationFormat.format(to - node.start());
		this.rows.add(new Row(node.hasFailed() ? Row.Kind.FAILED_SPAN : Row.Kind.SPAN, node.service(),
				indent + label(node), node.start(), to, duration));
		boolean hasChildren = !node.children().isEmpty();
		String remarkIndent = childIndent + (hasChildren ? this.glyphs.trunk : "   ");
		if (node.hasFailed()) {
			this.failures++;
			this.rows.add(Row.remark(remarkIndent + this.glyphs.error + " " + node.failure()));
		}
		if (this.trace.tree().isOrphan(node)) {
			this.rows.add(Row
				.remark(remarkIndent + this.glyphs.error + " parent is missing: " + node.span().getParentSpanId()));
		}
		addChildren(node, childIndent);
	}

	private void addChildren(TraceNode node, String indent) {
		boolean isSend = node.span().getKind() == SpanKind.PRODUCER;
		for (int i = 0; i < node.children().size(); i++) {
			TraceNode child = node.children().get(i);
			if (isSend && child.isConsumer()) {
				addWait(node, child, indent + this.glyphs.branch);
			}
			boolean last = i == node.children().size() - 1;
			add(child, indent + (last ? this.glyphs.lastBranch : this.glyphs.branch),
					indent + (last ? "   " : this.glyphs.trunk));
		}
	}

	private void addWait(TraceNode send, TraceNode process, String indent) {
		TraceNode previous = process.previousAttempt();
		if (previous != null) {
			long from = Math.min(previous.span().getEndEpochNanos(), process.start());
			this.rows.add(new Row(Row.Kind.BACK_OFF, process.service(), indent + "back-off", from, process.start(),
					DurationFormat.format(process.start() - from)));
			return;
		}
		QueueTime queue = QueueTime.between(send, process);
		long skew = QueueTime.skew(send, process);
		String remark = (skew > 0) ? "clock skew >= " + DurationFormat.format(skew) : queue.source();
		this.timeInQueue += queue.nanos();
		this.rows.add(new Row(Row.Kind.QUEUE, process.messagingSystem(), indent + "in queue (" + remark + ")",
				process.start() - queue.nanos(), process.start(), DurationFormat.format(queue.nanos())));
	}

	private String label(TraceNode node) {
		StringBuilder label = new StringBuilder();
		if (node.hasFailed()) {
			label.append(this.glyphs.error).append(' ');
		}
		label.append(node.span().getName());
		if (node.attempts() > 1) {
			label.append(' ').append(node.attempt()).append('/').append(node.attempts());
		}
		if (node.isDeadLetter()) {
			label.append(" (dead letter)");
		}
		if (node.isLinked()) {
			label.append(" (link, other trace)");
		}
		return label.toString();
	}

}
