// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The auto-configuration for Spring Boot: properties, conditions, wiring, the start-up
 * line and the endpoint.
 */
@NullMarked
package io.tracing.autoconfigure;

import org.jspecify.annotations.NullMarked;
