// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What tracing adds to a Kafka message, in time and bytes: nothing, the least by hand,
 * this starter, and its peers, measured alike.
 */
@NullMarked
package io.tracing.benchmarks;

import org.jspecify.annotations.NullMarked;
