// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.tracing.messaging.ConsumerParent;
import io.tracing.messaging.SemanticConventions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is the same for every broker.
 *
 * @param enabled Whether messages are traced.
 * @param semanticConventions Release of the OpenTelemetry messaging conventions whose
 * attribute names are written. "both" writes the names of either, for a migration.
 * @param warningInterval Least time between two warnings about faults of tracing itself.
 * @param captureHeaders Headers whose values become attributes 'messaging.header.<name>'.
 * Empty means none: a header can hold a secret.
 * @param consumer Settings of the consuming side.
 * @param metrics Settings of the metrics.
 */
@ConfigurationProperties("tracing")
record TracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("1.44") String semanticConventions,
		@DefaultValue("1m") Duration warningInterval, @DefaultValue List<String> captureHeaders,
		@DefaultValue Consumer consumer, @DefaultValue Metrics metrics) {

	TracingProperties {
		try {
			SemanticConventions.of(semanticConventions);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTracingPropertyException("tracing.semantic-conventions", semanticConventions,
					"there are no such conventions", "Set it to 1.44, 1.45 or both.");
		}
		if (warningInterval.isNegative()) {
			throw new InvalidTracingPropertyException("tracing.warning-interval", warningInterval,
					"a duration can't be negative",
					"Set it to zero for a warning about every fault, or to a time such as 1m.");
		}
	}

	SemanticConventions conventions() {
		return SemanticConventions.of(this.semanticConventions);
	}

	/**
	 * Settings of the consuming side.
	 *
	 * @param parent Parent of the span that processes a single message: the producer's
	 * span, or none but a link to it.
	 */
	record Consumer(@DefaultValue("producer") ConsumerParent parent) {

	}

	/**
	 * Settings of the metrics.
	 *
	 * @param enabled Whether the messaging metrics are recorded.
	 */
	record Metrics(@DefaultValue("true") boolean enabled) {

	}

}
