// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is to be known of the messages that one handler or subscription gets:
 * what they have in common, the context that each carries, what JetStream says of it.
 */
final class Deliveries {

	private static final String MESSAGE_ID = "Nats-Msg-Id";

	private final ConnectionTracing connection;

	private final NatsTracing nats;

	private final MessagingTracing tracing;

	private final OperationType type;

	private final String name;

	private final @Nullable ConsumerSource source;

	// Most get the messages of one subscription: what was found for the last serves for
	// the next.
	private volatile @Nullable Known last;

	/**
	 * Create an instance.
	 * @param connection the connection that they come through
	 * @param type what is done with them
	 * @param name the word for it
	 * @param source the JetStream consumer that delivers them, {@code null} if it is not
	 * known to be one
	 */
	Deliveries(ConnectionTracing connection, OperationType type, String name, @Nullable ConsumerSource source) {
		this.connection = connection;
		this.nats = connection.nats();
		this.tracing = connection.nats().messaging();
		this.type = type;
		this.name = name;
		this.source = source;
	}

	/**
	 * Find out about a message.
	 * @param message a message of jnats
	 * @return what is known, {@code null} if it is not to be traced
	 */
	@Nullable Delivered of(Message message) {
		Known last = this.last;
		JetStreamDelivery delivery = JetStreamDelivery.of(message, (last != null) ? last.delivery : null);
		Known known = known(message, delivery, last);
		if (known == null) {
			return null;
		}
		Context context = this.nats.carried().of(message.getSubject(), message.getHeaders(), message.getData());
		if (known.onInbox && !CreationContext.of(context).isValid()) {
			// An answer that nobody traces.
			return null;
		}
		return new Delivered(known.operation, delivery, known.generatedConsumer, context);
	}

	/**
	 * The operation on what can't be told from the messages, because they differ or
	 * because there are none.
	 * @return the operation, {@code null} if it is not to be traced
	 */
	@Nullable SubjectOperation common() {
		String subject = (this.source != null) ? this.source.subject() : null;
		if (subject != null && (this.connection.isInbox(subject) || !this.nats.traces(subject))) {
			return null;
		}
		return this.connection.server()
			.operations()
			.of(new NatsOperations.Source(this.type, this.name, subject, null, null, null));
	}

	/**
	 * What tells a message from others, for the span of that one message.
	 */
	void describe(SpanBuilder builder, Message message, Delivered delivered) {
		delivered.operation.name(builder, message.getSubject());
		String id = messageId(message.getHeaders());
		if (id != null) {
			builder.setAttribute(MessagingAttributes.MESSAGE_ID, id);
		}
		this.nats.capturedHeaders().set(builder, message.getHeaders());
		delivered.describeConsumer(builder);
		JetStreamDelivery delivery = delivered.delivery;
		if (delivery != null) {
			delivery.describe(builder, this.tracing.attributes());
		}
	}

	/**
	 * The same for the link to a message of a batch.
	 */
	void describe(AttributesBuilder attributes, Message message, Delivered delivered, boolean named) {
		if (!named) {
			attributes.put(MessagingAttributes.DESTINATION_NAME, message.getSubject());
		}
		String id = messageId(message.getHeaders());
		if (id != null) {
			attributes.put(MessagingAttributes.MESSAGE_ID, id);
		}
		JetStreamDelivery delivery = delivered.delivery;
		if (delivery != null) {
			this.tracing.attributes().natsStreamSequence().put(attributes, delivery.streamSequence());
			this.tracing.attributes().natsConsumerSequence().put(attributes, delivery.consumerSequence());
			this.tracing.attributes().natsDeliveryCount().put(attributes, delivery.deliveryCount());
		}
	}

	/**
	 * What tells a message from a copy of it, for JetStream, which stores one of them.
	 */
	static @Nullable String messageId(@Nullable Headers headers) {
		return (headers != null) ? headers.getFirst(MESSAGE_ID) : null;
	}

	private @Nullable Known known(Message message, @Nullable JetStreamDelivery delivery, @Nullable Known last) {
		ConnectedServer server = this.connection.server();
		Subscription subscription = message.getSubscription();
		if (last != null && last.fits(server, subscription, message.getSubject(), delivery)) {
			return (last.allTraced || this.nats.traces(message.getSubject())) ? last : null;
		}
		Known known = find(message, server, subscription, delivery);
		if (known != null) {
			this.last = known;
		}
		return known;
	}

	private @Nullable Known find(Message message, ConnectedServer server, @Nullable Subscription subscription,
			@Nullable JetStreamDelivery delivery) {
		String subject = message.getSubject();
		if (this.connection.isInbox(subject)) {
			return new Known(server, subscription, null, true, true,
					server.operations().onInbox(this.type, this.name, this.connection.inboxes()), null, null);
		}
		if (!this.nats.traces(subject)) {
			return null;
		}
		ConsumerSource source = (this.source != null) ? this.source : ConsumerSource.UNKNOWN;
		String pattern = source.subject();
		String group = source.group();
		if (delivery == null && subscription != null) {
			// JetStream delivers to an inbox, which says nothing.
			pattern = subscription.getSubject();
			group = subscription.getQueueName();
		}
		boolean fixed = pattern != null;
		SubjectOperation operation = server.operations()
			.of(new NatsOperations.Source(this.type, this.name, fixed ? pattern : template(subject), group,
					(delivery != null) ? delivery.stream() : null,
					(delivery != null && source.named()) ? delivery.consumer() : null));
		if (delivery != null && !source.ordered()) {
			this.connection.maxDeliveries().hearOf(delivery);
		}
		boolean oneSubject = pattern == null || !SubjectPatterns.hasWildcard(pattern);
		boolean generated = delivery != null && !source.named() && !source.ordered();
		return new Known(server, subscription, fixed ? null : subject, false, oneSubject, operation, delivery,
				generated ? delivery.consumer() : null);
	}

	private String template(String subject) {
		String template = this.nats.template(subject);
		return (template != null) ? template : subject;
	}

	/**
	 * What is known of a message.
	 *
	 * @param operation what is the same for others
	 * @param delivery what JetStream says of it, if it comes from there
	 * @param generatedConsumer the JetStream consumer, if its name was made up: it is
	 * named on spans and not in the operation
	 * @param context the context that it carries
	 */
	record Delivered(SubjectOperation operation, @Nullable JetStreamDelivery delivery,
			@Nullable String generatedConsumer, Context context) {

		/**
		 * Say on a span what is the same for other messages and not in the operation.
		 */
		void describeConsumer(SpanBuilder builder) {
			if (this.generatedConsumer != null) {
				builder.setAttribute(MessagingAttributes.SUBSCRIPTION_NAME, this.generatedConsumer);
			}
		}

	}

	/**
	 * What was found for a message, and for which others it serves.
	 *
	 * @param server the server that the connection was connected to
	 * @param subscription the subscription that it came through
	 * @param subject the one subject, {@code null} if it serves for all of the
	 * subscription
	 * @param onInbox whether they come to an inbox
	 * @param allTraced whether all that it serves for are traced
	 * @param operation the operation
	 * @param delivery what JetStream says of it
	 * @param generatedConsumer the JetStream consumer, if its name was made up
	 */
	private record Known(ConnectedServer server, @Nullable Subscription subscription, @Nullable String subject,
			boolean onInbox, boolean allTraced, SubjectOperation operation, @Nullable JetStreamDelivery delivery,
			@Nullable String generatedConsumer) {

		boolean fits(ConnectedServer server, @Nullable Subscription subscription, String subject,
				@Nullable JetStreamDelivery delivery) {
			return this.server == server && this.subscription == subscription
					&& (this.subject == null || this.subject.equals(subject)) && isSameConsumer(delivery);
		}

		private boolean isSameConsumer(@Nullable JetStreamDelivery other) {
			JetStreamDelivery own = this.delivery;
			return (own == null || other == null) ? own == other
					: own.stream().equals(other.stream()) && own.consumer().equals(other.consumer());
		}

	}

}
