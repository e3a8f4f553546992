// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Predicate;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.opentelemetry.api.OpenTelemetry;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.MessagingTracing;
import org.jspecify.annotations.Nullable;

/**
 * Traces NATS connections, and all that they hand out: dispatchers, subscriptions,
 * JetStream, key-value buckets, object stores and messages. The auto-configuration wraps
 * the connections that are beans; this is for those that are none, and for applications
 * without it.
 */
public final class NatsTracing {

	static final String SYSTEM = "nats";

	private final MessagingTracing messaging;

	private final Predicate<String> subjects;

	private final CarriedContext carried;

	private final List<String> templates;

	private final CapturedHeaders capturedHeaders;

	private final boolean captureKey;

	private final boolean propagation;

	private final boolean settleSpans;

	private final boolean advisories;

	private final @Nullable DualWrite dualWrite;

	// Weak at both ends: a tracing knows its connection.
	private final Map<Connection, WeakReference<ConnectionTracing>> connections = new WeakHashMap<>();

	NatsTracing(NatsTracingBuilder builder) {
		this.messaging = builder.messaging;
		this.subjects = builder.subjects;
		this.carried = new CarriedContext(builder.messaging, builder.untrusted, builder.dualWrite);
		this.templates = builder.templates;
		this.capturedHeaders = new CapturedHeaders(builder.captureHeaders);
		this.captureKey = builder.captureKey;
		this.propagation = builder.propagation;
		this.settleSpans = builder.settleSpans;
		this.advisories = builder.advisories;
		this.dualWrite = builder.dualWrite;
	}

	/**
	 * Create an instance with the defaults.
	 * @param openTelemetry what makes spans, and reads and writes contexts
	 * @return the instance
	 */
	public static NatsTracing create(OpenTelemetry openTelemetry) {
		return builder(MessagingTracing.create(openTelemetry)).build();
	}

	/**
	 * Start to build an instance.
	 * @param messaging what it shares with the tracing of other brokers
	 * @return a builder
	 */
	public static NatsTracingBuilder builder(MessagingTracing messaging) {
		return new NatsTracingBuilder(messaging);
	}

	/**
	 * Trace a connection.
	 * @param connection the connection
	 * @return a connection that traces what goes through it, the same each time, or the
	 * given one if it does already, or if there is nothing that could make a span
	 */
	public Connection wrap(Connection connection) {
		if (!this.messaging.isEnabled() || ClientProxy.isOne(connection)) {
			return connection;
		}
		try {
			return trace(connection).traced();
		}
		catch (Throwable ex) {
			this.messaging.faults().report("wrapping a NATS connection", ex);
			return connection;
		}
	}

	/**
	 * Take the object of jnats out of its wrapping: the connection, a dispatcher, a
	 * message. What it is used for is not traced.
	 * @param object the object, wrapped or not
	 * @param <T> its type
	 * @return the object of jnats itself
	 */
	public static <T> T unwrap(T object) {
		return ClientProxy.unwrap(object);
	}

	/**
	 * Process a message that was pulled: fetched, iterated over or received. Whoever
	 * handed it out can't know when the application is busy with it. The handler runs in
	 * a process span, like those that messages are pushed to:
	 *
	 * <pre class="code">
	 * for (Message message : subscription.fetch(100, Duration.ofSeconds(1))) {
	 *     tracing.process(message, (order) -&gt; {
	 *         ship(order.getData());
	 *         order.ack();
	 *     });
	 * }
	 * </pre>
	 * @param message the message
	 * @param handler processes it; what it throws ends the span as failed and goes on to
	 * the caller
	 * @throws InterruptedException if the handler throws it
	 */
	public void process(Message message, MessageHandler handler) throws InterruptedException {
		ConnectionTracing connection = this.messaging.isEnabled() ? ConnectionTracing.of(message, this) : null;
		if (connection == null) {
			handler.onMessage(message);
		}
		else {
			new TracingMessageHandler(connection, handler, TracingMessage.sourceOf(message)).process(message);
		}
	}

	/**
	 * The tracing of a connection, which is the same as long as it is in use.
	 * @param connection a connection of jnats itself
	 */
	ConnectionTracing trace(Connection connection) {
		synchronized (this.connections) {
			WeakReference<ConnectionTracing> known = this.connections.get(connection);
			ConnectionTracing tracing = (known != null) ? known.get() : null;
			if (tracing == null) {
				tracing = new ConnectionTracing(this, connection);
				this.connections.put(connection, new WeakReference<>(tracing));
			}
			return tracing;
		}
	}

	MessagingTracing messaging() {
		return this.messaging;
	}

	/**
	 * Whether the messages of a subject are traced. Those of the server itself never are:
	 * its API, acknowledgments, advisories and the subjects behind buckets all start with
	 * a dollar sign.
	 */
	boolean traces(String subject) {
		return !subject.isEmpty() && subject.charAt(0) != '$' && this.subjects.test(subject);
	}

	/**
	 * The template that the user declared for a subject, {@code null} if there is none.
	 */
	@Nullable String template(@Nullable String subject) {
		return (subject != null && !this.templates.isEmpty()) ? SubjectPatterns.first(this.templates, subject) : null;
	}

	CarriedContext carried() {
		return this.carried;
	}

	CapturedHeaders capturedHeaders() {
		return this.capturedHeaders;
	}

	boolean capturesKey() {
		return this.captureKey;
	}

	boolean propagates() {
		return this.propagation;
	}

	boolean hasSettleSpans() {
		return this.settleSpans;
	}

	boolean hearsAdvisories() {
		return this.advisories;
	}

	@Nullable DualWrite dualWrite() {
		return this.dualWrite;
	}

}
