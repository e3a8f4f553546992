// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.function.Predicate;

import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingTracing;
import org.jspecify.annotations.Nullable;

/**
 * Reads the context that a message carries, in its headers or, where those have none, in
 * a field of its body: one to continue or, of a message that comes from strangers, one to
 * link to. Never throws.
 */
final class CarriedContext {

	private final MessagingTracing tracing;

	private final Predicate<String> untrusted;

	private final @Nullable DualWrite dualWrite;

	CarriedContext(MessagingTracing tracing, Predicate<String> untrusted, @Nullable DualWrite dualWrite) {
		this.tracing = tracing;
		this.untrusted = untrusted;
		this.dualWrite = dualWrite;
	}

	Context of(String subject, @Nullable Headers headers, byte @Nullable [] body) {
		Context carried = ofHeaders(headers);
		if (this.dualWrite != null && !Span.fromContext(carried).getSpanContext().isValid()) {
			carried = ofBody(this.dualWrite, carried, subject, body);
		}
		return isUntrusted(subject) ? CreationContext.untrusted(carried) : carried;
	}

	/**
	 * The same without regard to where it comes from, for a message that is sent on.
	 */
	Context ofHeaders(@Nullable Headers headers) {
		return (headers != null && !headers.isEmpty())
				? this.tracing.extract(Context.root(), headers, NatsHeadersGetter.INSTANCE) : Context.root();
	}

	private Context ofBody(DualWrite dualWrite, Context carried, String subject, byte @Nullable [] body) {
		try {
			Span span = dualWrite.read(subject, body);
			return (span != null) ? carried.with(span) : carried;
		}
		catch (Throwable ex) {
			this.tracing.faults().report("reading the context in the body of a NATS message", ex);
			return carried;
		}
	}

	/**
	 * Whether the messages of a subject come from strangers. If nobody can tell, they do.
	 */
	private boolean isUntrusted(String subject) {
		try {
			return this.untrusted.test(subject);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("asking whether the subject '" + subject + "' is trusted", ex);
			return true;
		}
	}

}
