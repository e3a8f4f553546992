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
		String name = method.getName();
		Class<?> result = method.getReturnType();
		if (name.equals("publish") && result == void.class) {
			publish(method, arguments);
			return null;
		}
		if (name.startsWith("request") && result == Message.class) {
			return request(method, arguments);
		}
		if (name.startsWith("request") && result == CompletableFuture.class) {
			return requestAsync(method, arguments);
		}
		return passOn(method, arguments, null);
	}

	private void publish(Method method, Object @Nullable [] arguments) throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.SEND, arguments);
		if (sent == null) {
			proceed(method, arguments);
			return;
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
		ServiceRequest.answered(sent.given().headers(), this.connection.nats().messaging().faults());
		span.end(null);
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
	private @Nullable CompletableFuture<Message> requestAsync(Method method, Object @Nullable [] arguments)
			throws Throwable {
		SendSpans.Sent sent = this.sends.start(OperationType.REQUEST, arguments);
		if (sent == null) {
			return (CompletableFuture<Message>) proceed(method, arguments);
		}
		RunningSpan span = sent.span();
		CompletableFuture<Message> reply;
		try {
			OutgoingMessage message = sent.withContext();
			reply = (message == null) ? (CompletableFuture<Message>) proceed(method, arguments)
					: send(method.getName(), message);
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		this.requests.endWith(span, reply);
		return reply;
	}

	private CompletableFuture<Message> send(String name, OutgoingMessage message) {
		return name.equals("request") ? this.delegate.request(message.subject(), message.headers(), message.body())
				: this.delegate.requestWithTimeout(message.subject(), message.headers(), message.body(),
						message.timeout());
	}

}
