// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;

import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Finds the effective {@code client.id} of a client. Neither {@code Producer} nor
 * {@code Consumer} tells it, and the configured one is not it, as factories add a suffix;
 * but every metric of a client is tagged with it.
 */
final class KafkaClientId {

	private KafkaClientId() {
	}

	static @Nullable String of(@Nullable Map<MetricName, ? extends Metric> metrics) {
		if (metrics != null) {
			for (MetricName name : metrics.keySet()) {
				String clientId = name.tags().get("client-id");
				if (clientId != null) {
					return clientId;
				}
			}
		}
		return null;
	}

}
