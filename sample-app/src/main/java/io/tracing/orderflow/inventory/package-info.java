// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The inventory service: stock, and what is reserved of it for which order.
 */
@NullMarked
package io.tracing.orderflow.inventory;

import org.jspecify.annotations.NullMarked;
