// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What holds for the code as a whole.
 */
@NullMarked
package io.tracing;

import org.jspecify.annotations.NullMarked;
