// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of OrderFlow's customer.
 */
@NullMarked
package io.tracing.orderflow.customer;

import org.jspecify.annotations.NullMarked;
