// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The gateway: the only service that the public talks to.
 */
@NullMarked
package io.tracing.orderflow.gateway;

import org.jspecify.annotations.NullMarked;
