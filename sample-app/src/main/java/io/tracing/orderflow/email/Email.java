// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.email;

import java.util.UUID;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * A mail about an order.
 *
 * @param orderId the order
 * @param type what it tells; an order gets one mail of each type
 * @param to the recipient's address
 * @param subject the subject line
 * @param body the text
 */
record Email(@NotNull(message = "is missing") UUID orderId, @NotNull(message = "is missing") EmailType type,
		@NotBlank(message = "must not be blank") @jakarta.validation.constraints.Email String to,
		@NotBlank(message = "must not be blank") @Size(max = 200) String subject,
		@NotBlank(message = "must not be blank") @Size(max = 10_000) String body) {

}
