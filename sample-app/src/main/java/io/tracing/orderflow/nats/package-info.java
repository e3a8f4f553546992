// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * How services use NATS: one connection for each, one stream, durable consumers that
 * settle their messages, and responders. Nothing in here knows of tracing.
 */
@NullMarked
package io.tracing.orderflow.nats;

import org.jspecify.annotations.NullMarked;
