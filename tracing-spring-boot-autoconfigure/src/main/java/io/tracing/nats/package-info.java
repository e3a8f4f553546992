// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Tracing of NATS: core, request and reply, JetStream, key-value and object store. What a
 * {@link io.tracing.nats.NatsTracing#wrap wrapped} connection hands out is wrapped as
 * well, down to the message.
 */
@NullMarked
package io.tracing.nats;

import org.jspecify.annotations.NullMarked;
