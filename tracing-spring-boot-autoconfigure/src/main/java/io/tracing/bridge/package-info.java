// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Drains a stream of telemetry into a backend that takes OTLP over HTTP.
 */
@NullMarked
package io.tracing.bridge;

import org.jspecify.annotations.NullMarked;
