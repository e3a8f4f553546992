// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is published, whatever that is.
 *
 * @param subject a subject of telemetry
 * @param headers the headers, if there are any
 * @param body the body
 */
record PoisonMessage(String subject, @Nullable Headers headers, byte[] body) {
}
