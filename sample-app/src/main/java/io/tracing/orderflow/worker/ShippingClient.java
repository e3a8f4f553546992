// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.util.List;
import java.util.UUID;

import io.tracing.orderflow.nats.ShipmentStream;

import org.springframework.stereotype.Component;

/**
 * The worker's access to the shipping service. It does not wait for it.
 */
@Component
class ShippingClient {

	private final ShipmentStream stream;

	ShippingClient(ShipmentStream stream) {
		this.stream = stream;
	}

	void requestShipment(OrderCreated order) {
		this.stream.publish(ShipmentStream.REQUESTED, order.orderId(),
				new ShipmentRequested(order.orderId(), order.items()));
	}

	private record ShipmentRequested(UUID orderId, List<OrderCreated.Item> items) {

	}

}
