// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Shipping's view of the message that an order is to be shipped. A message that lacks
 * what shipping needs is not readable.
 *
 * @param orderId the order
 * @param items what is in it
 */
record ShipmentRequested(UUID orderId, List<Item> items) {

	ShipmentRequested {
		Objects.requireNonNull(orderId, "'order_id' is missing");
		Objects.requireNonNull(items, "'items' is missing");
	}

	int pieces() {
		return this.items.stream().mapToInt(Item::quantity).sum();
	}

	/**
	 * One line of the order.
	 *
	 * @param itemId the item
	 * @param quantity how many of it
	 */
	record Item(String itemId, int quantity) {

	}

}
