// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Collection;

import io.nats.client.impl.Headers;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Starts the span of a message that is sent, and writes its context into a copy of the
 * headers: the user's may be shared, read-only, or in use by another thread.
 */
final class SendSpans {

	private final ConnectionTracing connection;

	private final NatsTracing nats;

	private final MessagingTracing tracing;

	SendSpans(ConnectionTracing connection) {
		this.connection = connection;
		this.nats = connection.nats();
		this.tracing = connection.nats().messaging();
	}

	/**
	 * Start a span. Never throws.
	 * @param type how it is sent
	 * @param arguments the arguments of the call
	 * @return the span and the message to send, {@code null} where the call is to go on
	 * as it came
	 */
	@Nullable Sent start(OperationType type, Object @Nullable [] arguments) {
		try {
			OutgoingMessage message = OutgoingMessage.of(arguments);
			return (message != null) ? start(type, message) : null;
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a NATS message", ex);
			return null;
		}
	}

	private @Nullable Sent start(OperationType type, OutgoingMessage message) {
		Context sender = Context.current();
		SpanContext current = Span.fromContext(sender).getSpanContext();
		ConnectedServer server = this.connection.server();
		SubjectOperation operation = operation(type, message.subject(), server, sender);
		if (operation == null) {
			return null;
		}
		Context carried = hasField(message.headers()) ? this.nats.carried().ofHeaders(message.headers())
				: Context.root();
		SpanContext linked = Span.fromContext(carried).getSpanContext();
		if (linked.isValid() && isSame(linked, current) && !current.isRemote()) {
			// Somebody else made a span of this send, and wrote it into the headers.
			return null;
		}
		Context parent = sender;
		if (linked.isValid() && !current.isValid()) {
			// It is forwarded outside of any span: its trace goes on.
			parent = carried;
			linked = SpanContext.getInvalid();
		}
		SpanBuilder builder = this.tracing.sendSpan(operation.messaging(), parent, linked.isValid() ? linked : null);
		operation.name(builder, message.subject());
		setMessageId(builder, message);
		this.nats.capturedHeaders().set(builder, message.headers());
		RunningSpan span = this.tracing.start(operation.messaging(), builder, parent);
		return new Sent(span, message, inject(span, message, server));
	}

	/**
	 * The operation, {@code null} if there is to be no span. A message to an inbox is an
	 * answer to something: unless that is traced, nothing is.
	 */
	private @Nullable SubjectOperation operation(OperationType type, String subject, ConnectedServer server,
			Context sender) {
		NatsOperations operations = server.operations();
		if (this.connection.isInbox(subject) || ReplySubject.isInbox(sender, subject)) {
			String name = (type == OperationType.REQUEST) ? "request" : "publish";
			return Span.fromContext(sender).getSpanContext().isValid()
					? operations.onInbox(type, name, this.connection.inboxes()) : null;
		}
		if (!this.nats.traces(subject)) {
			return null;
		}
		return (type == OperationType.REQUEST) ? operations.request(subject) : operations.publish(subject);
	}

	private boolean hasField(@Nullable Headers headers) {
		if (headers != null && !headers.isEmpty()) {
			for (String field : this.tracing.propagationFields()) {
				if (headers.containsKeyIgnoreCase(field)) {
					return true;
				}
			}
		}
		return false;
	}

	private static boolean isSame(SpanContext one, SpanContext other) {
		return other.isValid() && one.getSpanId().equals(other.getSpanId())
				&& one.getTraceId().equals(other.getTraceId());
	}

	private static void setMessageId(SpanBuilder builder, OutgoingMessage message) {
		String id = (message.options() != null) ? message.options().getMessageId() : null;
		if (id == null) {
			id = Deliveries.messageId(message.headers());
		}
		if (id != null) {
			builder.setAttribute(MessagingAttributes.MESSAGE_ID, id);
		}
	}

	/**
	 * The message with the context in it, {@code null} if it goes out as it came.
	 */
	private @Nullable OutgoingMessage inject(RunningSpan span, OutgoingMessage message, ConnectedServer server) {
		try {
			return this.nats.propagates() ? withContext(span, message, server) : null;
		}
		catch (Throwable ex) {
			// Such as headers that another thread is changing.
			this.tracing.faults().report("writing the context into a NATS message", ex);
			return null;
		}
	}

	private @Nullable OutgoingMessage withContext(RunningSpan span, OutgoingMessage message, ConnectedServer server) {
		byte[] body = dualWrite(span, message, server);
		Headers headers = server.takesHeaders() ? copyWithContext(span, message.headers()) : null;
		String omitted = server.takesHeaders() ? null : "no_headers";
		OutgoingMessage result = message.with(headers, body);
		if (headers != null && !result.isWithin(server.maxPayload())) {
			// Rather without the field than without the header.
			body = message.body();
			result = message.with(headers, body);
			omitted = result.isWithin(server.maxPayload()) ? null : "max_payload";
		}
		if (headers != null && !result.isStorable()) {
			omitted = "max_headers";
		}
		if (omitted != null) {
			span.span().setAttribute(MessagingAttributes.NATS_CONTEXT_OMITTED, omitted);
			headers = null;
		}
		if (headers == null && body == message.body()) {
			return null;
		}
		return message.with((headers != null) ? headers : message.headers(), body);
	}

	private byte @Nullable [] dualWrite(RunningSpan span, OutgoingMessage message, ConnectedServer server) {
		DualWrite dualWrite = this.nats.dualWrite();
		if (dualWrite == null) {
			return message.body();
		}
		byte[] body = dualWrite.write(message.subject(), message.body(), span.context());
		return message.with(message.headers(), body).isWithin(server.maxPayload()) ? body : message.body();
	}

	/**
	 * A copy of the headers with the context in it, and without what was left in any
	 * spelling of a context that came before. Null if the propagator fails.
	 */
	private @Nullable Headers copyWithContext(RunningSpan span, @Nullable Headers original) {
		Headers headers = new Headers(original);
		if (hasField(original)) {
			removeFields(headers, this.tracing.propagationFields());
		}
		return this.tracing.inject(span.context(), headers, NatsHeadersSetter.INSTANCE) ? headers : null;
	}

	private static void removeFields(Headers headers, Collection<String> fields) {
		for (String key : headers.keySet().toArray(String[]::new)) {
			if (fields.stream().anyMatch(key::equalsIgnoreCase)) {
				headers.remove(key);
			}
		}
	}

	/**
	 * A message whose span has started.
	 *
	 * @param span the span
	 * @param given what the caller gave
	 * @param withContext what to send instead, {@code null} if there is nothing to add
	 */
	record Sent(RunningSpan span, OutgoingMessage given, @Nullable OutgoingMessage withContext) {

	}

}
