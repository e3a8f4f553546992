// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a trace by parent. A span of another trace that links to a span of this
 * one hangs below the span that it links to, with everything below itself.
 */
final class TraceTree {

	private static final Comparator<TraceNode> BY_START = Comparator.comparingLong(TraceNode::start);

	private final List<TraceNode> roots = new ArrayList<>();

	private final Set<TraceNode> orphans = new HashSet<>();

	private final List<TraceNode> nodes = new ArrayList<>();

	private TraceTree() {
	}

	static TraceTree of(String traceId, List<SpanData> spans) {
		Map<String, TraceNode> byId = new LinkedHashMap<>();
		spans.forEach((span) -> byId.put(span.getSpanId(), new TraceNode(span)));
		TraceTree tree = new TraceTree();
		byId.values().forEach((node) -> tree.place(node, traceId, byId));
		tree.roots.sort(BY_START);
		tree.roots.forEach(tree::collect);
		return tree;
	}

	private void place(TraceNode node, String traceId, Map<String, TraceNode> byId) {
		boolean hasParent = SpanId.isValid(node.span().getParentSpanId());
		TraceNode parent = byId.get(node.span().getParentSpanId());
		if (hasParent && parent != null) {
			parent.add(node, false);
			return;
		}
		if (!node.span().getTraceId().equals(traceId)) {
			TraceNode linked = linked(node, traceId, byId);
			if (linked != null) {
				linked.add(node, true);
			}
			// What else the other trace holds is not a part of this one.
			return;
		}
		this.roots.add(node);
		if (hasParent) {
			this.orphans.add(node);
		}
	}

	private static @Nullable TraceNode linked(TraceNode node, String traceId, Map<String, TraceNode> byId) {
		for (LinkData link : node.span().getLinks()) {
			TraceNode target = byId.get(link.getSpanContext().getSpanId());
			if (target != null && target.span().getTraceId().equals(traceId)) {
				return target;
			}
		}
		return null;
	}

	private void collect(TraceNode node) {
		this.nodes.add(node);
		node.children().sort(BY_START);
		node.countAttempts();
		node.children().forEach(this::collect);
	}

	List<TraceNode> roots() {
		return this.roots;
	}

	/**
	 * Every span, parents before children.
	 */
	List<TraceNode> nodes() {
		return this.nodes;
	}

	boolean isOrphan(TraceNode node) {
		return this.orphans.contains(node);
	}

	/**
	 * How many spans have no parent at all: one in an unbroken trace.
	 */
	int beginnings() {
		return this.roots.size() - this.orphans.size();
	}

}
