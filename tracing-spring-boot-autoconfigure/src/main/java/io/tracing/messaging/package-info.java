// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What every broker shares: operations, attributes, links, time in queue, metrics. Knows
 * the OpenTelemetry API and no broker.
 */
@NullMarked
package io.tracing.messaging;

import org.jspecify.annotations.NullMarked;
