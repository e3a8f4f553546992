// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.OperationType;

/**
 * What is the same for the messages of one subject, or of several that have a pattern in
 * common.
 */
final class SubjectOperation {

	private final MessagingOperation messaging;

	private final boolean oneSubject;

	private final NatsOperations operations;

	private final NatsOperations.Source source;

	private final Map<String, SubjectOperation> settlements = new ConcurrentHashMap<>();

	/**
	 * Create a new instance.
	 * @param messaging the operation
	 * @param oneSubject whether the operation names the subject, so that a message need
	 * not
	 * @param operations where it comes from
	 * @param source what it was made for
	 */
	SubjectOperation(MessagingOperation messaging, boolean oneSubject, NatsOperations operations,
			NatsOperations.Source source) {
		this.messaging = messaging;
		this.oneSubject = oneSubject;
		this.operations = operations;
		this.source = source;
	}

	MessagingOperation messaging() {
		return this.messaging;
	}

	boolean oneSubject() {
		return this.oneSubject;
	}

	/**
	 * Name the subject of a message on its span, unless that is done.
	 */
	void name(SpanBuilder builder, String subject) {
		if (!this.oneSubject) {
			builder.setAttribute(MessagingAttributes.DESTINATION_NAME, subject);
		}
	}

	/**
	 * The operation that settles messages of this one.
	 * @param name the word for it
	 */
	SubjectOperation settle(String name) {
		SubjectOperation operation = this.settlements.get(name);
		return (operation != null) ? operation : this.settlements.computeIfAbsent(name,
				(key) -> this.operations.of(this.source.with(OperationType.SETTLE, key)));
	}

}
