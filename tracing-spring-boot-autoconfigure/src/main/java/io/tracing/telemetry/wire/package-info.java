// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What telemetry looks like on the stream: its subjects, and the records that are JSON.
 * Shared by those that publish and the bridge that drains; knows the JDK and nothing
 * else.
 */
@NullMarked
package io.tracing.telemetry.wire;

import org.jspecify.annotations.NullMarked;
