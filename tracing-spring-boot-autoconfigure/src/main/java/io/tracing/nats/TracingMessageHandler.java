// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import io.tracing.messaging.TimeInQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs a handler in a process span, one for each delivery. What the handler throws goes
 * on to jnats, which tells its {@code ErrorListener}.
 */
final class TracingMessageHandler implements MessageHandler {

	private final ConnectionTracing connection;

	private final MessagingTracing tracing;

	private final MessageHandler delegate;

	private final Deliveries deliveries;

	private final boolean endpoint;

	/**
	 * Create a new instance.
	 * @param connection the connection that the messages come through
	 * @param delegate handles them
	 * @param source the JetStream consumer that delivers them, {@code null} if it is not
	 * known to be one
	 */
	TracingMessageHandler(ConnectionTracing connection, MessageHandler delegate, @Nullable ConsumerSource source) {
		this.connection = connection;
		this.tracing = connection.nats().messaging();
		this.delegate = delegate;
		this.deliveries = new Deliveries(connection, OperationType.PROCESS, "process", source);
		this.endpoint = ServiceRequest.isEndpoint(delegate);
	}

	@Override
	public void onMessage(@Nullable Message message) throws InterruptedException {
		if (message == null || message.isStatusMessage()) {
			this.delegate.onMessage(message);
			return;
		}
		TracingMessage traced = TracingMessage.pushed(message, this.connection);
		// The thread is that of jnats: what is current on it was left there by an
		// executor
		// that propagates the context of whoever made the dispatcher.
		handle(traced, start(traced, Context.root(), 1));
	}

	/**
	 * Process a message that the application has pulled, where it was counted.
	 */
	void process(Message message) throws InterruptedException {
		TracingMessage traced = TracingMessage.of(message, this.connection);
		handle(traced, start(traced, Context.current(), traced.isCounted() ? 0 : 1));
	}

	private void handle(TracingMessage message, @Nullable RunningSpan span) throws InterruptedException {
		if (span == null) {
			this.delegate.onMessage(message.proxy());
			return;
		}
		span.makeCurrent();
		ServiceRequest request = this.endpoint ? ServiceRequest.begin() : null;
		try {
			this.delegate.onMessage(message.proxy());
			end(span, request);
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		finally {
			span.close();
			if (request != null) {
				ServiceRequest.end();
			}
		}
	}

	private static void end(RunningSpan span, @Nullable ServiceRequest request) {
		ServiceRequest.ServiceError error = (request != null) ? request.error() : null;
		if (error != null) {
			span.fail(error.code(), error.text());
		}
		else {
			span.end(null);
		}
	}

	private @Nullable RunningSpan start(TracingMessage message, Context ambient, int counted) {
		try {
			Message raw = message.raw();
			Deliveries.Delivered delivered = this.deliveries.of(raw);
			if (delivered == null) {
				return null;
			}
			MessagingOperation operation = delivered.operation().messaging();
			SpanBuilder builder = this.tracing.processSpan(operation, delivered.context(), ambient);
			this.deliveries.describe(builder, raw, delivered);
			Context context = delivered.context();
			JetStreamDelivery delivery = delivered.delivery();
			if (delivery == null) {
				context = ReplySubject.in(context, raw.getReplyTo());
			}
			else {
				this.tracing.timeInQueue((counted > 0) ? operation : operation.unmeasured(), builder,
						delivery.storedMillis(), TimeInQueue.Source.BROKER);
			}
			RunningSpan span = this.tracing.start(operation, builder, context, counted);
			message.isProcessedIn(span.context(), delivered);
			return span;
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a NATS message", ex);
			return null;
		}
	}

}
