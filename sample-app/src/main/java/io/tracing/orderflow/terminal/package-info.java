// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * A trace as text: collects the spans of this JVM, finds out whether a trace is complete,
 * and draws it.
 */
@NullMarked
package io.tracing.orderflow.terminal;

import org.jspecify.annotations.NullMarked;
