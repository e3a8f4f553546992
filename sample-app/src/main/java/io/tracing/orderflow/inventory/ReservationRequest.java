// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * The body of {@code POST /reservations}.
 *
 * @param orderId the order, which has one reservation at most
 * @param items what it needs
 */
record ReservationRequest(@NotNull(message = "is missing") UUID orderId,
		@NotNull(message = "is missing") @Size(min = 1, max = 100,
				message = "must have {min} to {max} items") List<@NotNull(
						message = "must not be null") @Valid ReservationItem> items) {

	/**
	 * Return the quantity of each item, sorted by item. An order may name an item twice,
	 * and rows are always locked in the same order so that two orders can't deadlock.
	 */
	Map<String, Integer> quantities() {
		Map<String, Integer> quantities = new TreeMap<>();
		this.items.forEach((item) -> quantities.merge(item.itemId(), item.quantity(), Math::addExact));
		return quantities;
	}

}
