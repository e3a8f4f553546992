// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * How fast telemetry gets through NATS: from the exporters into the stream, and from the
 * stream through the bridge to a backend, beside what fetching and acknowledging alone
 * take.
 */
@NullMarked
package io.tracing.benchmarks.bridge;

import org.jspecify.annotations.NullMarked;
