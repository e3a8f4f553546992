// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Traces as the tests compare them: whole, as text.
 */
@NullMarked
package io.tracing.orderflow.trace;

import org.jspecify.annotations.NullMarked;
