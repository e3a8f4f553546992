// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.nats.client.Connection;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * The floor of NATS: the same application with the least OpenTelemetry code by hand. One
 * span for each publish, delivery, fetch and acknowledgment, the context in the headers
 * of what is sent, a link to the send span of what is received.
 */
final class FloorNatsClient extends NatsClient {

	private static final TextMapSetter<Headers> SETTER = (headers, name, value) -> {
		if (headers != null) {
			headers.put(name, value);
		}
	};

	private final Tracer tracer;

	private final TextMapPropagator propagator;

	private final String clientId;

	private final String serverAddress;

	private final long serverPort;

	FloorNatsClient(Connection connection, OpenTelemetry openTelemetry) {
		super(connection);
		this.tracer = openTelemetry.getTracer("floor");
		this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
		this.clientId = Integer.toString(connection.getServerInfo().getClientId());
		this.serverAddress = connection.getServerInfo().getHost();
		this.serverPort = connection.getServerInfo().getPort();
	}

	@Override
	void publish(byte[] body) {
		Context parent = Context.current();
		Span span = span("publish", "send", SpanKind.PRODUCER).setParent(parent).startSpan();
		try {
			this.connection.publish(SUBJECT, headers(parent.with(span)), body);
		}
		catch (RuntimeException ex) {
			fail(span, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	@Override
	CompletableFuture<PublishAck> publishAsync(byte[] body) {
		Context parent = Context.current();
		Span span = span("publish", "send", SpanKind.PRODUCER).setParent(parent).startSpan();
		CompletableFuture<PublishAck> future;
		try {
			future = this.jetStream.publishAsync(SUBJECT, headers(parent.with(span)), body);
		}
		catch (RuntimeException ex) {
			fail(span, ex);
			span.end();
			throw ex;
		}
		future.whenComplete((acknowledgment, failure) -> end(span, acknowledgment, failure));
		return future;
	}

	@Override
	void handle(MessageHandler handler) {
		super.handle((message) -> process(message, handler));
	}

	private void process(Message message, MessageHandler handler) throws InterruptedException {
		Context parent = extract(message);
		Span span = span("process", "process", SpanKind.CONSUMER).setParent(parent)
			.addLink(Span.fromContext(parent).getSpanContext())
			.setAttribute(FloorAttributes.GROUP, QUEUE)
			.startSpan();
		Scope scope = parent.with(span).makeCurrent();
		try {
			handler.onMessage(message);
		}
		catch (RuntimeException | InterruptedException ex) {
			fail(span, ex);
			throw ex;
		}
		finally {
			scope.close();
			span.end();
		}
	}

	@Override
	int fetchAndAck(JetStreamSubscription subscription, int messages) {
		Context parent = Context.current();
		List<Context> contexts = new ArrayList<>(messages);
		List<Message> fetched;
		Span span = jetStreamSpan("fetch", "receive", subscription.getConsumerName()).setParent(parent).startSpan();
		try {
			fetched = subscription.fetch(messages, LIMIT);
			span.setAttribute(FloorAttributes.BATCH_MESSAGE_COUNT, (long) fetched.size());
			for (Message message : fetched) {
				Context context = extract(message);
				contexts.add(context);
				span.addLink(Span.fromContext(context).getSpanContext(),
						Attributes.of(FloorAttributes.NATS_STREAM_SEQUENCE, message.metaData().streamSequence()));
			}
		}
		catch (RuntimeException ex) {
			fail(span, ex);
			throw ex;
		}
		finally {
			span.end();
		}
		for (int i = 0; i < fetched.size(); i++) {
			ack(fetched.get(i), contexts.get(i), subscription.getConsumerName());
		}
		return fetched.size();
	}

	private void ack(Message message, Context parent, String consumer) {
		Span span = jetStreamSpan("ack", "settle", consumer).setParent(parent)
			.setAttribute(FloorAttributes.NATS_STREAM_SEQUENCE, message.metaData().streamSequence())
			.startSpan();
		try {
			message.ack();
		}
		catch (RuntimeException ex) {
			fail(span, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	private SpanBuilder jetStreamSpan(String name, String type, String consumer) {
		return span(name, type, SpanKind.CLIENT).setAttribute(FloorAttributes.NATS_STREAM, STREAM)
			.setAttribute(FloorAttributes.SUBSCRIPTION, consumer);
	}

	private SpanBuilder span(String name, String type, SpanKind kind) {
		return this.tracer.spanBuilder(name + " " + SUBJECT)
			.setSpanKind(kind)
			.setAttribute(FloorAttributes.SYSTEM, "nats")
			.setAttribute(FloorAttributes.OPERATION_NAME, name)
			.setAttribute(FloorAttributes.OPERATION_TYPE, type)
			.setAttribute(FloorAttributes.DESTINATION, SUBJECT)
			.setAttribute(FloorAttributes.CLIENT_ID, this.clientId)
			.setAttribute(FloorAttributes.SERVER_ADDRESS, this.serverAddress)
			.setAttribute(FloorAttributes.SERVER_PORT, this.serverPort);
	}

	private Headers headers(Context context) {
		Headers headers = new Headers();
		this.propagator.inject(context, headers, SETTER);
		return headers;
	}

	private Context extract(Message message) {
		return this.propagator.extract(Context.root(), message.getHeaders(), FloorNatsHeadersGetter.INSTANCE);
	}

	private static void end(Span span, @Nullable PublishAck acknowledgment, @Nullable Throwable failure) {
		if (failure != null) {
			fail(span, failure);
		}
		else if (acknowledgment != null) {
			span.setAttribute(FloorAttributes.NATS_STREAM, acknowledgment.getStream());
			span.setAttribute(FloorAttributes.NATS_STREAM_SEQUENCE, acknowledgment.getSeqno());
		}
		span.end();
	}

	private static void fail(Span span, Throwable exception) {
		span.setStatus(StatusCode.ERROR);
		span.setAttribute(FloorAttributes.ERROR_TYPE, exception.getClass().getName());
		span.recordException(exception);
	}

}
