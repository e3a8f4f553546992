// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.trace;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes a whole trace as text: service, kind, name, links and attributes of each span,
 * children below their parent by start. Two runs of the same order give the same text,
 * because what differs from run to run is masked.
 */
public final class TraceText {

	private static final Set<String> SHOWN = Set.of("http.request.method", "http.route", "http.response.status_code",
			"db.system.name", "db.namespace", "db.operation.name", "db.collection.name", "messaging.system",
			"messaging.operation.name", "messaging.operation.type", "messaging.destination.name",
			"messaging.consumer.group.name", "messaging.destination.subscription.name",
			"messaging.destination.temporary", "messaging.destination.template", "messaging.nats.stream",
			"messaging.nats.message.delivery_count", "messaging.message.time_in_queue_source", "order.outcome",
			"order.outcome.reason", "error.type");

	private static final Set<String> MASKED = Set.of("messaging.destination.partition.id", "messaging.kafka.offset",
			"messaging.kafka.message.key", "messaging.nats.stream.sequence", "messaging.nats.consumer.sequence",
			"messaging.message.time_in_queue", "order.id");

	private final Map<String, TracedSpan> spans;

	private final StringBuilder text = new StringBuilder();

	private TraceText(Collection<TracedSpan> spans) {
		this.spans = spans.stream().collect(Collectors.toMap(TracedSpan::spanId, Function.identity()));
	}

	/**
	 * Writes the trace.
	 * @param spans its spans
	 * @return the text
	 */
	public static String of(Collection<TracedSpan> spans) {
		TraceText trace = new TraceText(spans);
		trace.sorted(spans.stream().filter((span) -> !trace.spans.containsKey(span.parentId())).toList())
			.forEach((span) -> trace.write(span, ""));
		return trace.text.toString();
	}

	private void write(TracedSpan span, String indent) {
		this.text.append(indent).append(span.service()).append(' ').append(span.kind()).append(' ').append(span.name());
		if (span.failed()) {
			this.text.append(" ERROR");
		}
		if (!span.parentId().isEmpty() && !this.spans.containsKey(span.parentId())) {
			this.text.append(" PARENT IS MISSING");
		}
		this.text.append('\n');
		span.links().forEach((link) -> this.text.append(indent).append("  -> ").append(linked(link)).append('\n'));
		span.attributes().forEach((key, value) -> writeAttribute(indent, key, value));
		sorted(this.spans.values().stream().filter((child) -> child.parentId().equals(span.spanId())).toList())
			.forEach((child) -> write(child, indent + "    "));
	}

	private void writeAttribute(String indent, String key, String value) {
		if (SHOWN.contains(key) || MASKED.contains(key)) {
			this.text.append(indent)
				.append("  ")
				.append(key)
				.append('=')
				.append(MASKED.contains(key) ? "*" : value)
				.append('\n');
		}
	}

	private String linked(String spanId) {
		TracedSpan span = this.spans.get(spanId);
		return (span != null) ? span.service() + " " + span.name() : "another trace";
	}

	private List<TracedSpan> sorted(List<TracedSpan> unsorted) {
		return unsorted.stream().sorted(Comparator.comparingLong(TracedSpan::start)).toList();
	}

}
