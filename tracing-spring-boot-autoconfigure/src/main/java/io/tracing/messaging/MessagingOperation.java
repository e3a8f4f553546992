// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/**
 * What is the same for every message that one client sends to, or processes from, one
 * destination: made once, used for each.
 */
public final class MessagingOperation {

	private final Tracer tracer;

	private final OperationType type;

	private final String spanName;

	private final Attributes attributes;

	private final OperationMetrics metrics;

	MessagingOperation(Tracer tracer, OperationType type, String spanName, Attributes attributes,
			OperationMetrics metrics) {
		this.tracer = tracer;
		this.type = type;
		this.spanName = spanName;
		this.attributes = attributes;
		this.metrics = metrics;
	}

	/**
	 * The same without metrics, for spans inside of one that is measured.
	 * @return the operation
	 */
	public MessagingOperation unmeasured() {
		return new MessagingOperation(this.tracer, this.type, this.spanName, this.attributes, OperationMetrics.NONE);
	}

	SpanBuilder spanBuilder() {
		return this.tracer.spanBuilder(this.spanName)
			.setSpanKind(this.type.spanKind())
			.setAllAttributes(this.attributes);
	}

	/**
	 * The span of a call to the broker that carries no message of its own, such as the
	 * settlement of one.
	 * @param parent what the thread that calls does
	 * @return the span to be
	 */
	public SpanBuilder callSpan(Context parent) {
		return spanBuilder().setParent(parent);
	}

	OperationMetrics metrics() {
		return this.metrics;
	}

}
