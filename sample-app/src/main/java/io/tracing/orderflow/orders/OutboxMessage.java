// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.Map;

/**
 * A message that waits to be sent.
 *
 * @param id the row
 * @param topic where it goes
 * @param key its key
 * @param payload its value
 * @param context the trace context and baggage of the request that wrote it, as the
 * propagators wrote them
 */
record OutboxMessage(long id, String topic, String key, String payload, Map<String, String> context) {

}
