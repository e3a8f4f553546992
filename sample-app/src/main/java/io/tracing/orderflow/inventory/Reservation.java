// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.List;
import java.util.UUID;

/**
 * What is reserved for an order.
 *
 * @param orderId the order
 * @param items what is reserved, by item
 */
record Reservation(UUID orderId, List<ReservationItem> items) {

}
