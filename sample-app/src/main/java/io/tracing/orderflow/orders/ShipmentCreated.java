// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.Objects;
import java.util.UUID;

/**
 * This service's view of the message that a carrier takes an order.
 *
 * @param orderId the order
 * @param carrier who takes it
 * @param trackingNumber under which the carrier knows it
 */
record ShipmentCreated(UUID orderId, String carrier, String trackingNumber) {

	ShipmentCreated {
		Objects.requireNonNull(orderId, "'order_id' is missing");
		Objects.requireNonNull(carrier, "'carrier' is missing");
		Objects.requireNonNull(trackingNumber, "'tracking_number' is missing");
	}

	Shipment shipment() {
		return new Shipment(this.carrier, this.trackingNumber, null);
	}

}
