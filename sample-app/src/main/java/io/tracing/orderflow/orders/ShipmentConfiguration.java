// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import io.tracing.orderflow.nats.DurableConsumer;
import io.tracing.orderflow.nats.ShipmentStream;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * How this service hears what became of the shipments.
 */
@Configuration(proxyBeanMethods = false)
class ShipmentConfiguration {

	@Bean
	DurableConsumer<ShipmentCreated> shipmentsCreated(ShipmentStream stream, OrderDesk desk) {
		return stream.consumer(ShipmentStream.CREATED, "orders-created", ShipmentCreated.class,
				(created) -> desk.ship(created.orderId(), created.shipment()));
	}

	@Bean
	DurableConsumer<ShipmentFailed> shipmentsFailed(ShipmentStream stream, OrderDesk desk) {
		return stream.consumer(ShipmentStream.FAILED, "orders-failed", ShipmentFailed.class,
				(failed) -> desk.ship(failed.orderId(), failed.shipment()));
	}

}
