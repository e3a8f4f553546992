// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.nats.client.JetStream;
import io.nats.client.api.PublishAck;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * JetStream as a traced connection hands it out. The span of a publish lasts until the
 * stream has acknowledged the message.
 */
final class TracingJetStream extends NatsProxy<JetStream> {

	private final MessagingTracing tracing;

	private final SendSpans sends;

	TracingJetStream(JetStream delegate, ConnectionTracing connection) {
		super(delegate, connection);
		this.tracing = connection.nats().messaging();
		this.sends = new SendSpans(connection);
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		return switch (SendCall.of(method)) {
			case STORE -> publish(method, arguments);
			case STORE_ASYNC -> publishAsync(method, arguments);
			default -> passOn(method, arguments, source(method, arguments));
		};
	}

	private @Nullable ConsumerSource source(Method method, Object @Nullable [] arguments) {
		try {
			return (method.getName().equals("subscribe") && arguments != null) ? ConsumerSource.of(arguments) : null;
		}
		catch (Throwable ex) {
			this.tracing.faults().report("reading the options of a subscription", ex);
			return null;
		}
	}

	private @Nullable Object publish(Method method, Object @Nullable [] arguments) throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.SEND, arguments);
		if (sent == null) {
			return proceed(method, arguments);
		}
		Object acknowledgment;
		try {
			OutgoingMessage message = sent.withContext();
			acknowledgment = (message == null) ? proceed(method, arguments)
					: this.delegate.publish(message.subject(), message.headers(), message.body(), message.options());
		}
		catch (Throwable ex) {
			sent.span().end(ex);
			throw ex;
		}
		// Null if the JetStream was told not to wait for it.
		end(sent.span(), (acknowledgment instanceof PublishAck ack) ? ack : null, null);
		return acknowledgment;
	}

	private @Nullable Object publishAsync(Method method, Object @Nullable [] arguments) throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.SEND, arguments);
		if (sent == null) {
			return proceed(method, arguments);
		}
		Object future;
		try {
			OutgoingMessage message = sent.withContext();
			future = (message == null) ? proceed(method, arguments) : this.delegate.publishAsync(message.subject(),
					message.headers(), message.body(), message.options());
		}
		catch (Throwable ex) {
			sent.span().end(ex);
			throw ex;
		}
		if (future instanceof CompletableFuture<?> pending) {
			pending.whenComplete(
					(result, failure) -> end(sent.span(), (result instanceof PublishAck ack) ? ack : null, failure));
		}
		else {
			end(sent.span(), null, null);
		}
		return future;
	}

	private void end(RunningSpan span, @Nullable PublishAck acknowledgment, @Nullable Throwable failure) {
		try {
			if (acknowledgment != null) {
				this.tracing.attributes().natsStream().set(span.span(), acknowledgment.getStream());
				this.tracing.attributes().natsStreamSequence().set(span.span(), acknowledgment.getSeqno());
				if (acknowledgment.isDuplicate()) {
					span.span().setAttribute(MessagingAttributes.NATS_PUBLISH_DUPLICATE, true);
				}
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("noting where a NATS message was stored", ex);
		}
		finally {
			span.end((failure != null) ? cause(failure) : null);
		}
	}

	/**
	 * What went wrong, without the plain exception that jnats puts around a checked one,
	 * and that a future puts around both.
	 */
	private static Throwable cause(Throwable failure) {
		Throwable thrown = (failure instanceof CompletionException) ? failure.getCause() : failure;
		Throwable cause = (thrown != null) ? thrown.getCause() : null;
		if (cause != null && thrown.getClass() == RuntimeException.class) {
			return cause;
		}
		return (thrown != null) ? thrown : failure;
	}

}
