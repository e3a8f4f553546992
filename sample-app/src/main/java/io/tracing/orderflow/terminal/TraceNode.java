// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * A span at its place in the tree.
 */
final class TraceNode {

	private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

	private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");

	private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");

	private static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");

	private static final AttributeKey<String> SUBSCRIPTION = AttributeKey
		.stringKey("messaging.destination.subscription.name");

	private static final AttributeKey<Boolean> TEMPORARY = AttributeKey.booleanKey("messaging.destination.temporary");

	private static final AttributeKey<Boolean> DUPLICATE = AttributeKey.booleanKey("messaging.nats.publish.duplicate");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");

	private static final AttributeKey<String> EXCEPTION_MESSAGE = AttributeKey.stringKey("exception.message");

	private final SpanData span;

	private final List<TraceNode> children = new ArrayList<>();

	/** Set if this span belongs to another trace and only links to its parent here. */
	private boolean linked;

	private @Nullable TraceNode previousAttempt;

	private int attempt = 1;

	private int attempts = 1;

	TraceNode(SpanData span) {
		this.span = span;
	}

	SpanData span() {
		return this.span;
	}

	List<TraceNode> children() {
		return this.children;
	}

	void add(TraceNode child, boolean linked) {
		child.linked = linked;
		this.children.add(child);
	}

	/**
	 * The consumer spans of one send and one group or subscription are the attempts to
	 * process its message.
	 */
	void countAttempts() {
		for (TraceNode child : this.children) {
			List<TraceNode> attempts = this.children.stream().filter(child::isAttemptOfSameMessage).toList();
			int index = attempts.indexOf(child);
			if (index >= 0) {
				child.attempt = index + 1;
				child.attempts = attempts.size();
				child.previousAttempt = (index > 0) ? attempts.get(index - 1) : null;
			}
		}
	}

	private boolean isAttemptOfSameMessage(TraceNode other) {
		return isConsumer() && other.isConsumer() && this.linked == other.linked
				&& Objects.equals(attribute(GROUP), other.attribute(GROUP))
				&& Objects.equals(attribute(SUBSCRIPTION), other.attribute(SUBSCRIPTION));
	}

	boolean isConsumer() {
		return this.span.getKind() == SpanKind.CONSUMER;
	}

	boolean isLinked() {
		return this.linked;
	}

	boolean isOpen() {
		return !this.span.hasEnded();
	}

	boolean hasFailed() {
		return this.span.getStatus().getStatusCode() == StatusCode.ERROR;
	}

	boolean isDeadLetter() {
		String destination = attribute(DESTINATION);
		return destination != null && (destination.endsWith("-dlt") || destination.endsWith(".DLT"));
	}

	/** Goes to an inbox that somebody made to wait for it. */
	boolean isReply() {
		return Boolean.TRUE.equals(attribute(TEMPORARY));
	}

	/** The broker had the message already. */
	boolean isDuplicate() {
		return Boolean.TRUE.equals(attribute(DUPLICATE));
	}

	int attempt() {
		return this.attempt;
	}

	int attempts() {
		return this.attempts;
	}

	@Nullable TraceNode previousAttempt() {
		return this.previousAttempt;
	}

	long start() {
		return this.span.getStartEpochNanos();
	}

	String service() {
		return Objects.requireNonNullElse(this.span.getResource().getAttribute(SERVICE), "?");
	}

	String messagingSystem() {
		return Objects.requireNonNullElse(attribute(SYSTEM), "broker");
	}

	<T> @Nullable T attribute(AttributeKey<T> key) {
		return this.span.getAttributes().get(key);
	}

	String description() {
		return "'" + this.span.getName() + "' of service '" + service() + "'";
	}

	/** The exception and its message where one was recorded, else the error type. */
	String failure() {
		for (EventData event : this.span.getEvents()) {
			String type = event.getAttributes().get(EXCEPTION_TYPE);
			if (type != null) {
				return withMessage(type, event.getAttributes().get(EXCEPTION_MESSAGE));
			}
		}
		return withMessage(Objects.requireNonNullElse(attribute(ERROR_TYPE), "error"),
				this.span.getStatus().getDescription());
	}

	private static String withMessage(String type, @Nullable String message) {
		String name = type.substring(type.lastIndexOf('.') + 1);
		return (message == null || message.isBlank()) ? name : name + ": " + message.strip().replaceAll("\\s+", " ");
	}

}
