// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Ends the story of a message that JetStream gives up on, because it was delivered as
 * often as its consumer allows. The server says so once, in an advisory without headers,
 * to whoever listens; the message is still in its stream, and with it the context that
 * the span belongs to. Of several instances of an application one hears it.
 *
 * @see <a href=
 * "https://docs.nats.io/nats-concepts/jetstream/consumers#maxdeliver">MaxDeliver</a>
 */
final class MaxDeliveries {

	private static final String ADVISORIES = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.";

	private static final String QUEUE_GROUP = "io.tracing";

	// Bounds the subscriptions: short-lived consumers come and go.
	private static final int MAX_CONSUMERS = 200;

	private final ConnectionTracing connection;

	private final MessagingTracing tracing;

	private final Set<String> consumers = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Dispatcher dispatcher;

	MaxDeliveries(ConnectionTracing connection) {
		this.connection = connection;
		this.tracing = connection.nats().messaging();
	}

	/**
	 * A consumer has delivered something. Called once for each, mostly: listens to its
	 * advisories from now on.
	 */
	void hearOf(JetStreamDelivery delivery) {
		if (!this.connection.nats().hearsAdvisories()) {
			return;
		}
		String consumer = delivery.stream() + "." + delivery.consumer();
		if (this.consumers.size() >= MAX_CONSUMERS || !this.consumers.add(consumer)) {
			return;
		}
		try {
			dispatcher().subscribe(ADVISORIES + consumer, QUEUE_GROUP);
		}
		catch (Throwable ex) {
			// Such as a connection that is being drained.
			this.tracing.faults().report("subscribing to the advisories of the consumer '" + consumer + "'", ex);
		}
	}

	private Dispatcher dispatcher() {
		Dispatcher dispatcher = this.dispatcher;
		if (dispatcher == null) {
			synchronized (this) {
				dispatcher = this.dispatcher;
				if (dispatcher == null) {
					dispatcher = this.connection.connection().createDispatcher(this::advised);
					this.dispatcher = dispatcher;
				}
			}
		}
		return dispatcher;
	}

	private void advised(Message advisory) {
		try {
			JsonValue json = JsonParser.parse(advisory.getData());
			String stream = JsonValueUtils.readString(json, "stream");
			String consumer = JsonValueUtils.readString(json, "consumer");
			Long sequence = JsonValueUtils.readLong(json, "stream_seq");
			Long deliveries = JsonValueUtils.readLong(json, "deliveries");
			if (stream != null && consumer != null && sequence != null && deliveries != null) {
				givenUp(stream, consumer, sequence, deliveries);
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("reading an advisory of JetStream", ex);
		}
	}

	private void givenUp(String stream, String consumer, long sequence, long deliveries)
			throws IOException, JetStreamApiException {
		Connection raw = this.connection.connection();
		MessageInfo message = raw.jetStreamManagement().getMessage(stream, sequence);
		String subject = message.getSubject();
		NatsTracing nats = this.connection.nats();
		if (subject == null || !nats.traces(subject)) {
			return;
		}
		Context context = nats.carried().of(subject, message.getHeaders(), message.getData());
		String template = nats.template(subject);
		SubjectOperation operation = this.connection.server()
			.operations()
			.of(new NatsOperations.Source(OperationType.SETTLE, "max-deliveries",
					(template != null) ? template : subject, null, stream, null));
		SpanBuilder builder = operation.messaging().callSpan(context);
		operation.name(builder, subject);
		builder.setAttribute(MessagingAttributes.SUBSCRIPTION_NAME, consumer);
		this.tracing.attributes().natsStreamSequence().set(builder, sequence);
		this.tracing.attributes().natsDeliveryCount().set(builder, deliveries);
		RunningSpan span = this.tracing.start(operation.messaging(), builder, context);
		span.fail("max_deliveries",
				"delivered %d times, as often as the consumer '%s' allows".formatted(deliveries, consumer));
	}

}
