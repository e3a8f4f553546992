// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.opentelemetry.context.Context;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * A message that was delivered: its settlement is traced, and whoever answers it through
 * its connection uses the traced one.
 */
final class TracingMessage extends NatsProxy<Message> {

	private final @Nullable ConsumerSource source;

	// What it was delivered as, once that is known: a message that is not traced is not
	// settled in a span either.
	// Not volatile: they are set before the application gets the message, and whoever
	// passes it on to another thread publishes them with it.
	private Deliveries.@Nullable Delivered delivered;

	// Of the span that processes it; of the one that sent it, until then.
	private Context context = Context.root();

	private @Nullable Message proxy;

	private TracingMessage(Message delegate, ConnectionTracing connection, @Nullable ConsumerSource source) {
		super(delegate, connection);
		this.source = source;
	}

	/**
	 * A message that a handler gets.
	 */
	static TracingMessage pushed(Message message, ConnectionTracing connection) {
		return new TracingMessage(message, connection, null);
	}

	/**
	 * A message that the application has pulled, in a span that counts it.
	 */
	static TracingMessage pulled(Message message, ConnectionTracing connection, @Nullable ConsumerSource source,
			Deliveries.@Nullable Delivered delivered) {
		TracingMessage traced = new TracingMessage(message, connection, source);
		if (delivered != null) {
			traced.isProcessedIn(delivered.context(), delivered);
		}
		return traced;
	}

	/**
	 * What stands behind a message, made now if the message was not traced yet.
	 */
	static TracingMessage of(Message message, ConnectionTracing connection) {
		return (ClientProxy.of(message) instanceof TracingMessage traced) ? traced : pushed(message, connection);
	}

	static @Nullable ConnectionTracing connectionOf(Message message) {
		return (ClientProxy.of(message) instanceof TracingMessage traced) ? traced.connection : null;
	}

	static @Nullable ConsumerSource sourceOf(Message message) {
		return (ClientProxy.of(message) instanceof TracingMessage traced) ? traced.source : null;
	}

	/**
	 * The message of jnats.
	 */
	Message raw() {
		return this.delegate;
	}

	/**
	 * The message as the application has it.
	 */
	Message proxy() {
		Message proxy = this.proxy;
		if (proxy == null) {
			proxy = as(Message.class);
			this.proxy = proxy;
		}
		return proxy;
	}

	/**
	 * Whether a span has counted it: it is consumed once, however often it is processed.
	 */
	boolean isCounted() {
		return this.delivered != null;
	}

	void isProcessedIn(Context context, Deliveries.Delivered delivered) {
		this.context = context;
		this.delivered = delivered;
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		return switch (method.getName()) {
			case "ack", "ackSync" -> settle("ack", method, arguments);
			case "nak", "nakWithDelay" -> settle("nak", method, arguments);
			case "term" -> settle("term", method, arguments);
			case "inProgress" -> settle("in-progress", method, arguments);
			case "getConnection" -> connection();
			case "getSubscription" -> passOn(method, arguments, this.source);
			default -> proceed(method, arguments);
		};
	}

	private @Nullable Connection connection() {
		Connection connection = this.delegate.getConnection();
		return (connection == this.connection.connection()) ? this.connection.traced() : connection;
	}

	private @Nullable Object settle(String name, Method method, Object @Nullable [] arguments) throws Throwable {
		Deliveries.Delivered delivered = this.delivered;
		RunningSpan span = (delivered != null)
				? this.connection.settleSpans().start(name, this.delegate, delivered, this.context) : null;
		if (span == null) {
			return proceed(method, arguments);
		}
		try {
			Object result = proceed(method, arguments);
			span.end(null);
			return result;
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
	}

}
