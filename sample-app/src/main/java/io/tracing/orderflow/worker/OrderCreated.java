// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The worker's view of the message that an order was placed. A message that lacks what
 * the worker needs is not readable.
 *
 * @param orderId the order
 * @param customerId who ordered
 * @param items what was ordered
 */
record OrderCreated(UUID orderId, String customerId, List<Item> items) {

	OrderCreated {
		Objects.requireNonNull(orderId, "'order_id' is missing");
		Objects.requireNonNull(customerId, "'customer_id' is missing");
		Objects.requireNonNull(items, "'items' is missing");
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
