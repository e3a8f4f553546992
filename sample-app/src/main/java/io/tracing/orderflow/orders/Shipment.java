// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What became of the shipment of an order.
 *
 * @param carrier who takes it
 * @param trackingNumber under which the carrier knows it
 * @param failure why there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Shipment(@Nullable String carrier, @Nullable String trackingNumber, @Nullable String failure) {

}
