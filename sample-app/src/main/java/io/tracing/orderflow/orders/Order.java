// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An order as clients see it.
 *
 * @param id made by this service
 * @param customerId who ordered
 * @param items what was ordered, in the order of the request
 * @param total the sum in minor units
 * @param status where it stands
 * @param reason why it was cancelled or failed
 * @param createdAt when it was placed
 * @param shipment what became of its shipment, once that is known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Order(UUID id, String customerId, List<OrderItem> items, long total, OrderStatus status, @Nullable String reason,
		Instant createdAt, @Nullable Shipment shipment) {

	Order withItems(List<OrderItem> lines) {
		return new Order(this.id, this.customerId, lines, this.total, this.status, this.reason, this.createdAt,
				this.shipment);
	}

}
