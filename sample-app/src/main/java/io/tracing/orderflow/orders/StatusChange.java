// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PATCH /orders/{id}/status}.
 *
 * @param status the wanted status
 * @param reason why, for those that did not make it
 */
record StatusChange(@NotNull(message = "is missing") OrderStatus status, @Size(max = 200) @Nullable String reason) {

}
