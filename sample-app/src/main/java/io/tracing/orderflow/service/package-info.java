// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What every service of OrderFlow shares: how its HTTP and SQL spans look, how errors are
 * told to clients, which topics there are.
 */
@NullMarked
package io.tracing.orderflow.service;

import org.jspecify.annotations.NullMarked;
