// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The worker: hears of each order and sees it through.
 */
@NullMarked
package io.tracing.orderflow.worker;

import org.jspecify.annotations.NullMarked;
