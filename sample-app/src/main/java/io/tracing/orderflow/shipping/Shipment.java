// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import java.util.Locale;
import java.util.UUID;

/**
 * A shipment that a carrier takes; the message about it, and what is stored of it.
 *
 * @param orderId the order
 * @param carrier who takes it
 * @param trackingNumber under which the carrier knows it
 * @param price what the carrier takes, in minor units
 */
record Shipment(UUID orderId, String carrier, String trackingNumber, long price) {

	static Shipment of(UUID orderId, Quote quote) {
		String number = UUID.randomUUID().toString().substring(24).toUpperCase(Locale.ROOT);
		return new Shipment(orderId, quote.carrier(), number, quote.price());
	}

}
