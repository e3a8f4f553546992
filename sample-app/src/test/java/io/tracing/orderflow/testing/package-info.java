// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What the tests of OrderFlow share: the services running over a real broker and a real
 * database.
 */
@NullMarked
package io.tracing.orderflow.testing;

import org.jspecify.annotations.NullMarked;
