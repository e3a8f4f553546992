// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.nats.client.Message;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import io.tracing.messaging.TimeInQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span for each pull that brought something, once it is over: most bring nothing,
 * and an idle consumer is no news. The span is a child of what the thread does, links to
 * each message, and is never current: what comes after the pull is not part of it.
 */
final class ReceiveSpans {

	private final ConnectionTracing connection;

	private final MessagingTracing tracing;

	private final @Nullable ConsumerSource source;

	private final Deliveries received;

	private final Deliveries taken;

	private final Deliveries fetched;

	ReceiveSpans(ConnectionTracing connection, @Nullable ConsumerSource source) {
		this.connection = connection;
		this.tracing = connection.nats().messaging();
		this.source = source;
		this.received = new Deliveries(connection, OperationType.RECEIVE, "receive", source);
		this.taken = new Deliveries(connection, OperationType.RECEIVE, "next", source);
		this.fetched = new Deliveries(connection, OperationType.RECEIVE, "fetch", source);
	}

	/**
	 * Pull one message.
	 * @param name what the pull is called
	 * @param pull pulls it
	 * @return the message
	 * @throws Throwable what the pull throws
	 */
	@Nullable Message receive(String name, Pull<@Nullable Message> pull) throws Throwable {
		long start = System.nanoTime();
		Deliveries deliveries = name.equals("next") ? this.taken : this.received;
		Message message = pull(deliveries, start, pull);
		return (message != null && !message.isStatusMessage()) ? received(deliveries, start, message) : message;
	}

	/**
	 * Take note of a message that an iterator gave out, {@code null} if it had none.
	 */
	@Nullable Message received(@Nullable Message message) {
		return (message == null || message.isStatusMessage()) ? message
				: received(this.received, System.nanoTime(), message);
	}

	/**
	 * Pull several messages.
	 */
	@Nullable List<Message> fetch(Pull<@Nullable List<Message>> pull) throws Throwable {
		long start = System.nanoTime();
		List<Message> messages = pull(this.fetched, start, pull);
		return (messages == null || messages.isEmpty()) ? messages : fetched(start, messages);
	}

	/**
	 * Wait for the next message of an iterator.
	 */
	boolean hasNext(Iterator<Message> iterator) {
		long start = System.nanoTime();
		try {
			return iterator.hasNext();
		}
		catch (Throwable ex) {
			failed(this.received, start, ex);
			throw ex;
		}
	}

	/**
	 * Pull several messages, which an iterator gives out.
	 */
	@Nullable Iterator<Message> iterate(Pull<@Nullable Iterator<Message>> pull) throws Throwable {
		return pull(this.received, System.nanoTime(), pull);
	}

	private <T> T pull(Deliveries deliveries, long start, Pull<T> pull) throws Throwable {
		try {
			return pull.pull();
		}
		catch (InterruptedException ex) {
			// Somebody asked it to return: this is how consumers are stopped.
			throw ex;
		}
		catch (Throwable ex) {
			failed(deliveries, start, ex);
			throw ex;
		}
	}

	private Message received(Deliveries deliveries, long start, Message message) {
		Deliveries.Delivered delivered = null;
		try {
			delivered = deliveries.of(message);
			if (delivered != null) {
				MessagingOperation operation = delivered.operation().messaging();
				Context ambient = Context.current();
				SpanBuilder builder = this.tracing.receiveSpan(operation, ambient, delivered.context());
				deliveries.describe(builder, message, delivered);
				JetStreamDelivery delivery = delivered.delivery();
				if (delivery != null) {
					this.tracing.timeInQueue(operation, builder, delivery.storedMillis(), TimeInQueue.Source.BROKER);
				}
				end(operation, builder, ambient, start, 1, null);
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("making the span of a received NATS message", ex);
		}
		return TracingMessage.pulled(message, this.connection, this.source, delivered).proxy();
	}

	private List<Message> fetched(long start, List<Message> messages) {
		List<Message> result = new ArrayList<>(messages.size());
		List<Deliveries.@Nullable Delivered> deliveries = new ArrayList<>(messages.size());
		for (Message message : messages) {
			Deliveries.Delivered delivered = delivered(message);
			deliveries.add(delivered);
			result.add(TracingMessage.pulled(message, this.connection, this.source, delivered).proxy());
		}
		try {
			makeSpan(start, messages, deliveries);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("making the span of fetched NATS messages", ex);
		}
		return result;
	}

	private Deliveries.@Nullable Delivered delivered(Message message) {
		try {
			return this.fetched.of(message);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("reading a fetched NATS message", ex);
			return null;
		}
	}

	private void makeSpan(long start, List<Message> messages, List<Deliveries.@Nullable Delivered> deliveries) {
		SubjectOperation common = null;
		Deliveries.Delivered last = null;
		boolean several = false;
		int traced = 0;
		for (Deliveries.Delivered delivered : deliveries) {
			if (delivered != null) {
				several |= common != null && !common.equals(delivered.operation());
				common = delivered.operation();
				last = delivered;
				traced++;
			}
		}
		if (several) {
			common = this.fetched.common();
		}
		if (common == null || last == null) {
			return;
		}
		Context ambient = Context.current();
		SpanBuilder builder = this.tracing.batchSpan(common.messaging(), ambient, traced);
		last.describeConsumer(builder);
		boolean named = common.oneSubject();
		addLinks(builder, common, named, messages, deliveries);
		end(common.messaging(), builder, ambient, start, traced, null);
	}

	private void addLinks(SpanBuilder builder, SubjectOperation common, boolean named, List<Message> messages,
			List<Deliveries.@Nullable Delivered> deliveries) {
		long now = System.currentTimeMillis();
		int links = 0;
		int unlinked = 0;
		boolean fromBroker = false;
		for (int i = 0; i < messages.size(); i++) {
			Deliveries.Delivered delivered = deliveries.get(i);
			if (delivered == null) {
				continue;
			}
			JetStreamDelivery delivery = delivered.delivery();
			if (delivery != null) {
				fromBroker = true;
				this.tracing.recordTimeInQueue(common.messaging(), delivery.storedMillis(), now,
						TimeInQueue.Source.BROKER);
			}
			SpanContext creation = CreationContext.of(delivered.context());
			if (creation.isValid() && links == this.tracing.maxLinks()) {
				unlinked++;
			}
			else if (creation.isValid()) {
				links++;
				builder.addLink(creation, attributes(messages.get(i), delivered, named, now));
			}
		}
		if (fromBroker) {
			builder.setAttribute(MessagingAttributes.TIME_IN_QUEUE_SOURCE, TimeInQueue.Source.BROKER.value());
		}
		if (unlinked > 0) {
			builder.setAttribute(MessagingAttributes.BATCH_UNLINKED_MESSAGE_COUNT, (long) unlinked);
		}
	}

	private Attributes attributes(Message message, Deliveries.Delivered delivered, boolean named, long now) {
		AttributesBuilder attributes = Attributes.builder();
		this.fetched.describe(attributes, message, delivered, named);
		JetStreamDelivery delivery = delivered.delivery();
		if (delivery != null) {
			attributes.put(MessagingAttributes.TIME_IN_QUEUE, TimeInQueue.seconds(delivery.storedMillis(), now));
		}
		return attributes.build();
	}

	private void failed(Deliveries deliveries, long start, Throwable error) {
		try {
			SubjectOperation operation = deliveries.common();
			if (operation != null) {
				Context ambient = Context.current();
				end(operation.messaging(), this.tracing.batchSpan(operation.messaging(), ambient, 0), ambient, start, 0,
						error);
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("making the span of a failed pull", ex);
		}
	}

	private void end(MessagingOperation operation, SpanBuilder builder, Context ambient, long start, int messages,
			@Nullable Throwable error) {
		builder.setStartTimestamp(Instant.now().minusNanos(System.nanoTime() - start));
		RunningSpan span = this.tracing.start(operation, builder, ambient, messages);
		span.startedAt(start);
		span.end(error);
	}

	/**
	 * Pulls.
	 *
	 * @param <T> what it pulls
	 */
	@FunctionalInterface
	interface Pull<T> {

		/**
		 * Pull.
		 */
		T pull() throws Throwable;

	}

}
