// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import io.nats.client.Connection;
import io.tracing.orderflow.nats.DurableConsumer;
import io.tracing.orderflow.nats.Responder;
import io.tracing.orderflow.nats.ShipmentStream;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the shipping service listens to.
 */
@Configuration(proxyBeanMethods = false)
class ShippingConfiguration {

	@Bean
	DurableConsumer<ShipmentRequested> shipmentRequests(ShipmentStream stream, ShippingDesk desk) {
		return stream.consumer(ShipmentStream.REQUESTED, "shipping", ShipmentRequested.class, desk);
	}

	/**
	 * Carriers are companies of their own. In the sample one of them lives here.
	 */
	@Bean
	Responder carrier(Connection connection, JsonMapper json, ParcelCarrier carrier) {
		return new Responder(connection, Carriers.QUOTE, "parcel-carrier",
				(request) -> json.writeValueAsBytes(carrier.quote(json.readValue(request, QuoteRequest.class))));
	}

}
