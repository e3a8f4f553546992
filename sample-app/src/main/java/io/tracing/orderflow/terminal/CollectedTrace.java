// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * The spans of one trace at one moment, and what is missing for it to be complete.
 */
public final class CollectedTrace {

	private final String traceId;

	private final TraceTree tree;

	private final int dropped;

	/**
	 * Creates a trace.
	 * @param traceId the trace's id
	 * @param spans its spans, ended or open, and spans of other traces that link to them
	 * @param dropped how many spans were not kept
	 */
	public CollectedTrace(String traceId, List<SpanData> spans, int dropped) {
		this.traceId = traceId;
		this.tree = TraceTree.of(traceId, spans);
		this.dropped = dropped;
	}

	public String traceId() {
		return this.traceId;
	}

	/**
	 * The spans in the order in which the tree is drawn: parents before children, older
	 * before younger.
	 * @return the spans
	 */
	public List<SpanData> spans() {
		return this.tree.nodes().stream().map(TraceNode::span).toList();
	}

	/**
	 * The services with a span in this trace.
	 * @return their names, in the order in which the trace reached them
	 */
	public Set<String> services() {
		Set<String> services = new LinkedHashSet<>();
		this.tree.nodes().forEach((node) -> services.add(node.service()));
		return services;
	}

	/**
	 * Says in words why this trace is not one complete and unbroken tree.
	 * @return the reasons, none if the trace is complete
	 */
	public List<String> problems() {
		List<String> problems = new ArrayList<>();
		if (this.tree.nodes().isEmpty()) {
			problems.add("no span of trace " + this.traceId + " was collected");
		}
		if (this.dropped > 0) {
			problems.add(this.dropped + " spans were dropped: the trace is larger than what is kept");
		}
		for (TraceNode node : this.tree.nodes()) {
			if (this.tree.isOrphan(node)) {
				problems.add(node.description() + " has a parent that is missing: " + node.span().getParentSpanId());
			}
			if (node.isOpen()) {
				problems.add(node.description() + " is still open");
			}
			if (isUnconsumed(node)) {
				problems.add(node.description() + " has no span of a consumer");
			}
		}
		if (this.tree.beginnings() > 1) {
			problems.add("the trace begins " + this.tree.beginnings() + " times");
		}
		return problems;
	}

	/**
	 * Says in words which of the expected services have no span in this trace.
	 * @param expected the services that the trace must reach
	 * @return the reasons, none if all are there
	 */
	public List<String> missing(Set<String> expected) {
		Set<String> missing = new LinkedHashSet<>(expected);
		missing.removeAll(services());
		return missing.stream().map((service) -> "no span of service '" + service + "'").toList();
	}

	TraceTree tree() {
		return this.tree;
	}

	/**
	 * Nobody has to listen to dead letters. A failed send and a duplicate reach no
	 * consumer; a reply reaches the request that waits for it.
	 */
	private static boolean isUnconsumed(TraceNode node) {
		return node.span().getKind() == SpanKind.PRODUCER && !node.isOpen() && !node.isDeadLetter() && !node.hasFailed()
				&& !node.isReply() && !node.isDuplicate()
				&& node.children().stream().noneMatch((child) -> child.span().getKind() == SpanKind.CONSUMER);
	}

}
