// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Who places the orders: one at a time, or many at a rate.
 */
@NullMarked
package io.tracing.orderflow.customer;

import org.jspecify.annotations.NullMarked;
