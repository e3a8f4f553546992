// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * A backend for telemetry in this JVM: takes what a bridge sends, as Jaeger would.
 */
@NullMarked
package io.tracing.orderflow.backend;

import org.jspecify.annotations.NullMarked;
