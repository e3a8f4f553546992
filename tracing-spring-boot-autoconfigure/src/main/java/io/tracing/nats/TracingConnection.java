// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * A connection that traces what it sends, and hands out what traces as well.
 */
final class TracingConnection extends NatsProxy<Connection> {

	private final SendSpans sends;

	private final Requests requests;

	TracingConnection(Connection delegate, ConnectionTracing connection) {
		super(delegate, connection);
		this.sends = new SendSpans(connection);
		this.requests = new Requests(connection);
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		SendCall call = SendCall.of(method);
		return switch (call) {
			case PUBLISH -> publish(method, arguments);
			case REQUEST -> request(method, arguments);
			case REQUEST_ASYNC, REQUEST_WITH_TIMEOUT -> requestAsync(call, method, arguments);
			default -> passOn(method, arguments, null);
		};
	}

	private @Nullable Object publish(Method method, Object @Nullable [] arguments) throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.SEND, arguments);
		if (sent == null) {
			proceed(method, arguments);
			answered(arguments);
			return null;
		}
		RunningSpan span = sent.span();
		try {
			OutgoingMessage message = sent.withContext();
			if (message == null) {
				proceed(method, arguments);
			}
			else {
				this.delegate.publish(message.subject(), message.replyTo(), message.headers(), message.body());
			}
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		span.end(null);
		answered(arguments);
		return null;
	}

	private void answered(Object @Nullable [] arguments) {
		try {
			ServiceRequest.answered(arguments);
		}
		catch (Throwable ex) {
			this.connection.nats().messaging().faults().report("reading the answer to a request", ex);
		}
	}

	private @Nullable Message request(Method method, Object @Nullable [] arguments) throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.REQUEST, arguments);
		if (sent == null) {
			return (Message) proceed(method, arguments);
		}
		RunningSpan span = sent.span();
		long start = System.nanoTime();
		Message reply;
		try {
			OutgoingMessage message = sent.withContext();
			reply = (message == null) ? (Message) proceed(method, arguments)
					: this.delegate.request(message.subject(), message.headers(), message.body(), message.timeout());
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		this.requests.end(span, reply, System.nanoTime() - start, sent.given().timeout());
		return reply;
	}

	@SuppressWarnings("unchecked")
	private @Nullable CompletableFuture<Message> requestAsync(SendCall call, Method method,
			Object @Nullable [] arguments) throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.REQUEST, arguments);
		if (sent == null) {
			return (CompletableFuture<Message>) proceed(method, arguments);
		}
		RunningSpan span = sent.span();
		CompletableFuture<Message> reply;
		try {
			OutgoingMessage message = sent.withContext();
			reply = (message == null) ? (CompletableFuture<Message>) proceed(method, arguments) : send(call, message);
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		this.requests.endWith(span, reply);
		return reply;
	}

	private CompletableFuture<Message> send(SendCall call, OutgoingMessage message) {
		return (call == SendCall.REQUEST_ASYNC)
				? this.delegate.request(message.subject(), message.headers(), message.body()) : this.delegate
					.requestWithTimeout(message.subject(), message.headers(), message.body(), message.timeout());
	}

}
