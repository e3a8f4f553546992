// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Exporters of OpenTelemetry's SDK that publish to a JetStream stream.
 */
@NullMarked
package io.tracing.telemetry;

import org.jspecify.annotations.NullMarked;
