// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The orders service: takes orders, publishes them through an outbox, keeps their status.
 */
@NullMarked
package io.tracing.orderflow.orders;

import org.jspecify.annotations.NullMarked;
