// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Tests that each variant does what it is measured for.
 */
@NullMarked
package io.tracing.benchmarks;

import org.jspecify.annotations.NullMarked;
