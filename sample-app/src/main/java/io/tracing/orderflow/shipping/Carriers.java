// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import io.nats.client.Connection;
import io.nats.client.Message;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * The service's access to the carriers. Whoever answers first gets the order.
 */
@Component
class Carriers {

	/** Parcels. */
	static final String QUOTE = "carriers.quote";

	/** What fits into no parcel. */
	static final String FREIGHT_QUOTE = "carriers.quote.freight";

	private final Connection connection;

	private final JsonMapper json;

	private final ShippingProperties properties;

	Carriers(Connection connection, JsonMapper json, ShippingProperties properties) {
		this.connection = connection;
		this.json = json;
		this.properties = properties;
	}

	/**
	 * Ask for a quote.
	 * @throws NoCarrierException if nobody answers, because there is nobody or in time
	 */
	Quote quote(ShipmentRequested shipment) {
		boolean freight = shipment.items()
			.stream()
			.anyMatch((item) -> this.properties.freightItems().contains(item.itemId()));
		String subject = freight ? FREIGHT_QUOTE : QUOTE;
		byte[] request = this.json.writeValueAsBytes(new QuoteRequest(shipment.pieces()));
		try {
			Message reply = this.connection.request(subject, request, this.properties.quoteTimeout());
			if (reply == null) {
				throw new NoCarrierException(subject);
			}
			return this.json.readValue(reply.getData(), Quote.class);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NoCarrierException(subject);
		}
	}

}
