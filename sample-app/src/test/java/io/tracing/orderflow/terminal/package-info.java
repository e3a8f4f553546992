// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of the picture in the terminal.
 */
@NullMarked
package io.tracing.orderflow.terminal;

import org.jspecify.annotations.NullMarked;
