// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * OrderFlow: six services, Kafka, NATS, one database, one trace.
 */
@NullMarked
package io.tracing.orderflow;

import org.jspecify.annotations.NullMarked;
