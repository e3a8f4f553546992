// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;

/**
 * How much of an item an order needs.
 *
 * @param itemId the item
 * @param quantity how many
 */
record ReservationItem(@NotBlank(message = "must not be blank") String itemId,
		@NotNull(message = "is missing") @Positive @Max(1_000_000) Integer quantity) {

}
