// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;

/**
 * The context in which a message was created, as it came with the message. One that comes
 * from strangers is linked to and nothing more: continued, it would let them decide what
 * is sampled, merge traces that have nothing to do with each other, and put baggage into
 * everything that the application sends.
 */
public final class CreationContext {

	private static final ContextKey<SpanContext> UNTRUSTED = ContextKey.named("io.tracing.untrusted-creation-context");

	private CreationContext() {
	}

	/**
	 * Take from the context of a stranger's message all but what a link needs.
	 * @param carried the context that the message carries
	 * @return a context without a span and without baggage, which remembers what to link
	 * to
	 */
	public static Context untrusted(Context carried) {
		SpanContext creation = Span.fromContext(carried).getSpanContext();
		return creation.isValid() ? Context.root().with(UNTRUSTED, creation) : Context.root();
	}

	/**
	 * What to link to.
	 * @param context the context that came with a message, trusted or not
	 * @return the span context, invalid if there is none
	 */
	public static SpanContext of(Context context) {
		SpanContext creation = Span.fromContext(context).getSpanContext();
		if (creation.isValid()) {
			return creation;
		}
		SpanContext untrusted = context.get(UNTRUSTED);
		return (untrusted != null) ? untrusted : creation;
	}

}
