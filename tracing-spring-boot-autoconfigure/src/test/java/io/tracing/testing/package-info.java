// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What the tests share: one real broker, clients of it, and everything they trace.
 */
@NullMarked
package io.tracing.testing;

import org.jspecify.annotations.NullMarked;
