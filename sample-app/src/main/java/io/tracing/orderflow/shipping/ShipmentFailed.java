// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import java.util.UUID;

/**
 * The message that an order is not going to be shipped.
 *
 * @param orderId the order
 * @param reason why
 */
record ShipmentFailed(UUID orderId, String reason) {

}
