// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import org.jspecify.annotations.Nullable;

/**
 * The answer to an order that wants stock: all that it asked for, or nothing.
 *
 * @param rejection why it gets nothing, if so
 * @param detail the rejection in words
 */
record ReservationOutcome(@Nullable Rejection rejection, @Nullable String detail) {

	static final ReservationOutcome RESERVED = new ReservationOutcome(null, null);

}
