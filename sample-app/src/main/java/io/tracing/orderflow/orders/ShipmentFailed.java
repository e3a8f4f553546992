// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.Objects;
import java.util.UUID;

/**
 * This service's view of the message that an order is not going to be shipped.
 *
 * @param orderId the order
 * @param reason why
 */
record ShipmentFailed(UUID orderId, String reason) {

	ShipmentFailed {
		Objects.requireNonNull(orderId, "'order_id' is missing");
		Objects.requireNonNull(reason, "'reason' is missing");
	}

	Shipment shipment() {
		return new Shipment(null, null, this.reason);
	}

}
