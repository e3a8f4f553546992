// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueConfiguration;
import io.tracing.orderflow.nats.NatsException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * The shipments that were created, in a key-value bucket: one for each order, however
 * often it is asked for.
 */
@Component
class ShipmentBook {

	private static final String BUCKET = "shipments";

	/** Longer than a request is kept that might come again. */
	private static final Duration KEPT = Duration.ofDays(30);

	/** JetStream says so of a key that is to be created and exists. */
	private static final int WRONG_LAST_SEQUENCE = 10071;

	private final KeyValue bucket;

	private final JsonMapper json;

	ShipmentBook(Connection connection, JsonMapper json) {
		this.json = json;
		try {
			connection.keyValueManagement().create(KeyValueConfiguration.builder().name(BUCKET).ttl(KEPT).build());
			this.bucket = connection.keyValue(BUCKET);
		}
		catch (IOException | JetStreamApiException ex) {
			throw new NatsException("Bucket " + BUCKET + " could not be created", ex);
		}
	}

	/**
	 * Enter a shipment, unless there is one for its order.
	 * @return the one that is in the book
	 */
	Shipment enter(Shipment shipment) {
		String key = shipment.orderId().toString();
		try {
			this.bucket.create(key, this.json.writeValueAsBytes(shipment));
			return shipment;
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
				return find(key);
			}
			throw new NatsException("Shipment " + key + " could not be stored", ex);
		}
		catch (IOException ex) {
			throw new NatsException("Shipment " + key + " could not be stored", ex);
		}
	}

	private Shipment find(String key) {
		try {
			return this.json.readValue(this.bucket.get(key).getValue(), Shipment.class);
		}
		catch (IOException | JetStreamApiException ex) {
			throw new NatsException("Shipment " + key + " could not be read", ex);
		}
	}

}
