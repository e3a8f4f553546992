// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * A real nats-server, found or fetched, for the tests, the sample and the benchmarks.
 * They all compile this folder, because none of them can depend on another and because
 * what users get must not have it. Nothing but the JDK is needed.
 */
@NullMarked
package io.tracing.natsserver;

import org.jspecify.annotations.NullMarked;
