// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.trace.SpanKind;

/**
 * The kinds of messaging operation that the OpenTelemetry conventions know
 * ({@code messaging.operation.type}), each with the span kind they prescribe.
 */
public enum OperationType {

	/** A message is handed to the broker, and the span's own context travels with it. */
	SEND("send", SpanKind.PRODUCER),

	/**
	 * A message is handed to the broker and its answer is waited for, or no context can
	 * travel with it.
	 */
	REQUEST("send", SpanKind.CLIENT),

	/** The application asks for messages. */
	RECEIVE("receive", SpanKind.CLIENT),

	/** A message is handled. */
	PROCESS("process", SpanKind.CONSUMER),

	/** A message is acknowledged, rejected or committed. */
	SETTLE("settle", SpanKind.CLIENT);

	private final String value;

	private final SpanKind spanKind;

	OperationType(String value, SpanKind spanKind) {
		this.value = value;
		this.spanKind = spanKind;
	}

	/**
	 * The value of {@code messaging.operation.type}.
	 * @return the value
	 */
	public String value() {
		return this.value;
	}

	/**
	 * Whether messages of the application are sent.
	 * @return {@code true} for {@link #SEND} and {@link #REQUEST}
	 */
	public boolean sends() {
		return this == SEND || this == REQUEST;
	}

	SpanKind spanKind() {
		return this.spanKind;
	}

}
