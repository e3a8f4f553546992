// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The messaging metrics through Micrometer.
 */
@NullMarked
package io.tracing.micrometer;

import org.jspecify.annotations.NullMarked;
