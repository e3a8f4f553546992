// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

import io.tracing.orderflow.service.InvalidField;
import io.tracing.orderflow.service.InvalidRequestException;

/**
 * The body of {@code POST /orders}.
 *
 * @param customerId who orders; becomes the local part of a mail address
 * @param items what is ordered
 */
record NewOrder(
		@NotBlank(message = "must not be blank") @Size(max = 64) @Pattern(
				regexp = "\\s*|[A-Za-z0-9_+-]+(\\.[A-Za-z0-9_+-]+)*",
				message = "must be letters, digits, dashes, pluses, underscores and single dots") String customerId,
		@NotNull(message = "is missing") @Size(min = 1, max = 100,
				message = "must have {min} to {max} items") List<@NotNull(
						message = "must not be null") @Valid OrderItem> items) {

	long total() {
		try {
			return this.items.stream().mapToLong(OrderItem::total).reduce(0, Math::addExact);
		}
		catch (ArithmeticException ex) {
			throw new InvalidRequestException(List.of(new InvalidField("items", "add up to more than can be charged")));
		}
	}

}
