// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The message that tells the world about a new order.
 *
 * @param orderId the order
 * @param customerId who ordered
 * @param items what was ordered
 * @param timestamp when it was placed
 */
record OrderCreated(UUID orderId, String customerId, List<OrderItem> items, Instant timestamp) {

	static OrderCreated of(Order order) {
		return new OrderCreated(order.id(), order.customerId(), order.items(), order.createdAt());
	}

}
