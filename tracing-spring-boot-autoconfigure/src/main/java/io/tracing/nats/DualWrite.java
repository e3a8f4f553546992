// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.function.Predicate;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.tracing.messaging.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * Writes the context into the body of a message as well, for consumers that see no
 * headers: a field of a JSON object, with the value of a {@code traceparent}. On the way
 * in it is read where the headers carry nothing.
 */
final class DualWrite {

	private final Predicate<String> subjects;

	private final String field;

	DualWrite(Predicate<String> subjects, String field) {
		this.subjects = subjects;
		this.field = field;
	}

	/**
	 * Write the context of a message that is sent.
	 * @param subject its subject
	 * @param body its body
	 * @param context the context
	 * @return another body with the field in it, once; the given one where the subject is
	 * not named or the body is no JSON object
	 */
	byte @Nullable [] write(String subject, byte @Nullable [] body, Context context) {
		if (body == null || !this.subjects.test(subject)) {
			return body;
		}
		TraceParent parent = TraceParent.of(Span.fromContext(context).getSpanContext());
		JsonField found = (parent != null) ? JsonField.find(body, this.field) : null;
		return (found != null && parent != null) ? found.with(parent.toHeader()) : body;
	}

	/**
	 * Read the context of a message that came.
	 * @param subject its subject
	 * @param body its body
	 * @return the span that sent it, {@code null} if the body does not tell
	 */
	@Nullable Span read(String subject, byte @Nullable [] body) {
		if (body == null || !this.subjects.test(subject)) {
			return null;
		}
		JsonField found = JsonField.find(body, this.field);
		TraceParent parent = (found != null) ? TraceParent.parse(found.text()) : null;
		return (parent != null) ? Span.wrap(parent.toSpanContext()) : null;
	}

}
