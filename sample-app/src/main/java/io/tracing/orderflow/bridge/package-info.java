// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Nothing but the OTLP bridge, which is configured in {@code bridge.yml}.
 */
@NullMarked
package io.tracing.orderflow.bridge;

import org.jspecify.annotations.NullMarked;
