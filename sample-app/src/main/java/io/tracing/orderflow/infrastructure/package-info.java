// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The brokers and the database that OrderFlow brings along: real ones, started in or
 * beside this JVM.
 */
@NullMarked
package io.tracing.orderflow.infrastructure;

import org.jspecify.annotations.NullMarked;
