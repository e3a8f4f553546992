// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StreamConfiguration;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JetStream stream of all that happens to shipments: a message about each step, once
 * for each order. Each service that uses it declares it, so that it does not matter which
 * one starts first.
 */
public final class ShipmentStream {

	/**
	 * An order was confirmed and is to be shipped.
	 */
	public static final String REQUESTED = "shipments.requested";

	/**
	 * A carrier takes the order.
	 */
	public static final String CREATED = "shipments.created";

	/**
	 * Shipping gave up on the order.
	 */
	public static final String FAILED = "shipments.failed";

	static final String NAME = "SHIPMENTS";

	private static final Duration MAX_AGE = Duration.ofDays(7);

	/** Kafka may deliver an order again to a worker that has asked for its shipment. */
	private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(10);

	private final Connection connection;

	private final JsonMapper json;

	private final NatsProperties properties;

	ShipmentStream(Connection connection, JsonMapper json, NatsProperties properties) {
		this.connection = connection;
		this.json = json;
		this.properties = properties;
	}

	void declare() {
		try {
			this.connection.jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name(NAME)
					.subjects(REQUESTED, CREATED, FAILED)
					.maxAge(MAX_AGE)
					.duplicateWindow(DUPLICATE_WINDOW)
					.build());
		}
		catch (IOException | JetStreamApiException ex) {
			throw new NatsException("Stream " + NAME + " could not be declared", ex);
		}
	}

	/**
	 * Publish a message, and wait until it is stored. Published again, it is stored once.
	 * @param subject what has happened
	 * @param orderId to which order
	 * @param payload the message, written as JSON
	 */
	public void publish(String subject, UUID orderId, Object payload) {
		PublishOptions once = PublishOptions.builder().messageId(subject + "/" + orderId).build();
		try {
			this.connection.jetStream().publish(subject, this.json.writeValueAsBytes(payload), once);
		}
		catch (IOException | JetStreamApiException ex) {
			throw new NatsException("Message " + subject + " is not stored", ex);
		}
	}

	/**
	 * Make a consumer of the messages of one subject. It starts with the application.
	 * @param <T> what a message is read as
	 * @param subject the subject
	 * @param name the consumer's name, under which the server remembers what is done
	 * @param type what a message is read as
	 * @param listener deals with the messages
	 * @return the consumer
	 */
	public <T> DurableConsumer<T> consumer(String subject, String name, Class<T> type,
			DurableConsumer.Listener<T> listener) {
		ConsumerConfiguration configuration = ConsumerConfiguration.builder()
			.durable(name)
			.filterSubject(subject)
			.ackWait(this.properties.ackWait())
			.maxDeliver(this.properties.maxDeliveries())
			.build();
		return new DurableConsumer<>(this.connection, configuration, this.properties.redeliveryDelay(),
				(data) -> this.json.readValue(data, type), listener);
	}

}
