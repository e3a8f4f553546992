// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamReader;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.ObjectStore;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.api.ServerInfo;
import io.tracing.messaging.ClientProxy;
import org.jspecify.annotations.Nullable;

/**
 * The tracing of one connection: what its objects share, and how whatever jnats hands out
 * is wrapped. By type and not by method, so that a method that a later jnats adds is
 * covered as well.
 */
final class ConnectionTracing {

	private final NatsTracing nats;

	private final Connection connection;

	private final String inboxPrefix;

	private final String inboxes;

	private final SettleSpans settleSpans;

	private final MaxDeliveries maxDeliveries;

	private final Connection traced;

	private volatile @Nullable ConnectedServer server;

	ConnectionTracing(NatsTracing nats, Connection connection) {
		this.nats = nats;
		this.connection = connection;
		this.inboxPrefix = connection.getOptions().getInboxPrefix();
		this.inboxes = this.inboxPrefix.endsWith(".") ? this.inboxPrefix.substring(0, this.inboxPrefix.length() - 1)
				: this.inboxPrefix;
		this.settleSpans = new SettleSpans(nats);
		this.maxDeliveries = new MaxDeliveries(this);
		this.traced = new TracingConnection(connection, this).as(Connection.class);
	}

	/**
	 * The tracing of the connection that a message came through, {@code null} if it came
	 * through none.
	 */
	static @Nullable ConnectionTracing of(Message message, NatsTracing nats) {
		try {
			ConnectionTracing known = TracingMessage.connectionOf(message);
			if (known != null) {
				return known;
			}
			Connection connection = message.getConnection();
			return (connection != null) ? nats.trace(NatsTracing.unwrap(connection)) : null;
		}
		catch (Throwable ex) {
			nats.messaging().faults().report("finding the connection of a NATS message", ex);
			return null;
		}
	}

	NatsTracing nats() {
		return this.nats;
	}

	/**
	 * The connection itself.
	 */
	Connection connection() {
		return this.connection;
	}

	/**
	 * The connection as the application has it.
	 */
	Connection traced() {
		return this.traced;
	}

	SettleSpans settleSpans() {
		return this.settleSpans;
	}

	MaxDeliveries maxDeliveries() {
		return this.maxDeliveries;
	}

	/**
	 * The server it is connected to at present.
	 */
	ConnectedServer server() {
		ServerInfo info = this.connection.getServerInfo();
		ConnectedServer known = this.server;
		return (known != null && known.isStill(info, this.connection)) ? known : connectedTo(info);
	}

	// One at a time: each would name operations of its own.
	private synchronized ConnectedServer connectedTo(ServerInfo info) {
		ConnectedServer known = this.server;
		if (known == null || !known.isStill(info, this.connection)) {
			known = new ConnectedServer(this.nats, this.connection, info);
			this.server = known;
		}
		return known;
	}

	boolean isInbox(String subject) {
		return subject.startsWith(this.inboxPrefix);
	}

	/**
	 * What stands for all inboxes of this connection in names and attributes.
	 */
	String inboxes() {
		return this.inboxes;
	}

	/**
	 * Make arguments fit for jnats: its own objects instead of ours, some of which it
	 * casts to its own classes, and handlers that trace.
	 * @param method the method that they are for
	 * @param arguments the arguments, which are left as they are
	 * @param source the consumer that a handler is for, {@code null} for a core
	 * subscription
	 * @return the arguments to pass on
	 */
	Object @Nullable [] arguments(Method method, Object @Nullable [] arguments, @Nullable ConsumerSource source) {
		Object[] result = arguments;
		for (int i = 0; arguments != null && result != null && i < arguments.length; i++) {
			Object argument = arguments[i];
			// The type as well as the object: a later jnats may ask for a handler that
			// can do more.
			Object fit = (argument instanceof MessageHandler handler
					&& method.getParameterTypes()[i] == MessageHandler.class)
							? new TracingMessageHandler(this, handler, source) : ClientProxy.unwrap(argument);
			if (fit != argument) {
				result = (result == arguments) ? arguments.clone() : result;
				result[i] = fit;
			}
		}
		return result;
	}

	/**
	 * Wrap what jnats hands out, if its messages are to be traced.
	 * @param result what a method of jnats returned
	 * @param source the consumer that it belongs to, {@code null} if there is none
	 * @return what the application gets
	 */
	@Nullable Object handOut(@Nullable Object result, @Nullable ConsumerSource source) {
		if (result instanceof Connection connection) {
			return (connection == this.connection) ? this.traced : connection;
		}
		if (result instanceof Dispatcher dispatcher) {
			return new TracingDispatcher(dispatcher, this).as(Dispatcher.class);
		}
		if (result instanceof JetStreamSubscription subscription) {
			return new TracingSubscription<>(subscription, this, source).as(JetStreamSubscription.class);
		}
		if (result instanceof Subscription subscription) {
			return new TracingSubscription<>(subscription, this, source).as(Subscription.class);
		}
		if (result instanceof FetchConsumer consumer) {
			return new TracingPull<>(consumer, this, source).as(FetchConsumer.class);
		}
		if (result instanceof IterableConsumer consumer) {
			return new TracingPull<>(consumer, this, source).as(IterableConsumer.class);
		}
		if (result instanceof JetStreamReader reader) {
			return new TracingPull<>(reader, this, source).as(JetStreamReader.class);
		}
		return handOutContext(result, source);
	}

	private @Nullable Object handOutContext(@Nullable Object result, @Nullable ConsumerSource source) {
		if (result instanceof JetStream jetStream) {
			return new TracingJetStream(jetStream, this).as(JetStream.class);
		}
		if (result instanceof JetStreamManagement management) {
			return new TracingContext<>(management, this).as(JetStreamManagement.class);
		}
		if (result instanceof StreamContext context) {
			return new TracingContext<>(context, this).as(StreamContext.class);
		}
		if (result instanceof ConsumerContext context) {
			ConsumerSource known = ConsumerSource.of(context.getCachedConsumerInfo());
			return new TracingConsumerContext<>(context, this, known).as(ConsumerContext.class);
		}
		if (result instanceof OrderedConsumerContext context) {
			return new TracingConsumerContext<>(context, this, (source != null) ? source : ConsumerSource.ORDERED)
				.as(OrderedConsumerContext.class);
		}
		if (result instanceof KeyValue bucket) {
			return new TracingKeyValue(bucket, this).as(KeyValue.class);
		}
		if (result instanceof ObjectStore store) {
			return new TracingObjectStore(store, this).as(ObjectStore.class);
		}
		return result;
	}

}
