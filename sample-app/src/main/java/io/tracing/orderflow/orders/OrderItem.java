// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;

/**
 * One line of an order. The numbers are boxed because a missing one must be told from a
 * zero.
 *
 * @param itemId the item
 * @param quantity how many of it
 * @param price the price of one, in minor units
 */
record OrderItem(
		@NotNull(message = "is missing") @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
				message = "must be 1 to 64 letters, digits, dots, dashes or underscores") String itemId,
		@NotNull(message = "is missing") @Positive @Max(10_000) Integer quantity,
		@NotNull(message = "is missing") @PositiveOrZero Long price) {

	long total() {
		return Math.multiplyExact(this.price, this.quantity);
	}

}
