// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.api.ConsumerConfiguration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.context.SmartLifecycle;

/**
 * Hands the messages of one subject to a listener and settles them: {@code ack} when it
 * is done, {@code nak} with a delay when it failed, so that the message comes again, and
 * {@code term} when it failed for the last time. What the listener throws goes on to
 * NATS, and so past whoever watches the handler.
 *
 * @param <T> what a message is read as
 */
public final class DurableConsumer<T> implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(DurableConsumer.class);

	/**
	 * Few, so that other instances get their share and a stop is soon over. Asked for
	 * again soon, because a server that was restarted has forgotten who has asked.
	 */
	private static final ConsumeOptions FEW = ConsumeOptions.builder().batchSize(10).expiresIn(5_000).build();

	private final Connection connection;

	private final ConsumerConfiguration configuration;

	private final Duration redeliveryDelay;

	private final Function<byte[], T> reader;

	private final Listener<T> listener;

	private volatile @Nullable Running running;

	DurableConsumer(Connection connection, ConsumerConfiguration configuration, Duration redeliveryDelay,
			Function<byte[], T> reader, Listener<T> listener) {
		this.connection = connection;
		this.configuration = configuration;
		this.redeliveryDelay = redeliveryDelay;
		this.reader = reader;
		this.listener = listener;
	}

	@Override
	public void start() {
		Dispatcher dispatcher = this.connection.createDispatcher();
		try {
			this.running = new Running(dispatcher,
					this.connection.getStreamContext(ShipmentStream.NAME)
						.createOrUpdateConsumer(this.configuration)
						.consume(FEW, dispatcher, this::onMessage));
		}
		catch (IOException | JetStreamApiException ex) {
			this.connection.closeDispatcher(dispatcher);
			throw new NatsException("Consumer " + this.configuration.getDurable() + " could not be started", ex);
		}
	}

	/**
	 * Asks for no more messages and waits until those that are here are done.
	 */
	@Override
	public void stop() {
		Running stopping = this.running;
		this.running = null;
		if (stopping != null) {
			stopping.consumer().stop();
			Drain.await(stopping.dispatcher());
		}
	}

	@Override
	public boolean isRunning() {
		return this.running != null;
	}

	private void onMessage(Message message) {
		T payload;
		try {
			payload = this.reader.apply(message.getData());
		}
		catch (JacksonException ex) {
			logger.error("Message " + message.metaData().streamSequence() + " of " + message.getSubject()
					+ " is not readable and given up: " + ex.getOriginalMessage());
			message.term();
			throw ex;
		}
		try {
			this.listener.onMessage(payload);
		}
		catch (RuntimeException ex) {
			onFailure(message, payload, ex);
			throw ex;
		}
		message.ack();
	}

	private void onFailure(Message message, T payload, RuntimeException failure) {
		long delivery = message.metaData().deliveredCount();
		String which = message.getSubject() + ", delivery " + delivery + " of " + this.configuration.getMaxDeliver();
		if (delivery < this.configuration.getMaxDeliver()) {
			logger.warn("Put off: " + which + ": " + failure.getMessage());
			message.nakWithDelay(this.redeliveryDelay);
			return;
		}
		logger.error("Given up: " + which + ": " + failure.getMessage());
		this.listener.onGivenUp(payload, failure);
		message.term();
	}

	/**
	 * Deals with messages. Each may come again: after a failure, or because nobody heard
	 * that it was done.
	 *
	 * @param <T> what a message is read as
	 */
	public interface Listener<T> {

		/**
		 * Deal with a message.
		 * @param payload the message
		 */
		void onMessage(T payload);

		/**
		 * Deal with a message that has failed for the last time.
		 * @param payload the message
		 * @param failure why it failed
		 */
		default void onGivenUp(T payload, RuntimeException failure) {
		}

	}

	private record Running(Dispatcher dispatcher, MessageConsumer consumer) {
	}

}
