// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The shipping service: finds a carrier for each confirmed order. It knows NATS only: its
 * work comes from a stream, carriers are asked by request and reply, and what it has to
 * remember is in a key-value bucket.
 */
@NullMarked
package io.tracing.orderflow.shipping;

import org.jspecify.annotations.NullMarked;
