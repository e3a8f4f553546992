// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The email service: pretends to send mail, and takes its time.
 */
@NullMarked
package io.tracing.orderflow.email;

import org.jspecify.annotations.NullMarked;
