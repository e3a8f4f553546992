// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.time.Duration;

import io.opentelemetry.api.OpenTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link MessagingTracing}.
 */
public final class MessagingTracingBuilder {

	// That of the OpenTelemetry SDK.
	private static final int DEFAULT_MAX_LINKS = 128;

	final OpenTelemetry openTelemetry;

	SemanticConventions conventions = SemanticConventions.V1_44;

	ConsumerParent consumerParent = ConsumerParent.PRODUCER;

	int maxLinks = DEFAULT_MAX_LINKS;

	Faults faults = new Faults(Duration.ofMinutes(1));

	@Nullable MessagingMetrics metrics;

	MessagingTracingBuilder(OpenTelemetry openTelemetry) {
		this.openTelemetry = openTelemetry;
	}

	/**
	 * Choose the names of the attributes.
	 * @param conventions the conventions, 1.44 by default
	 * @return this builder
	 */
	public MessagingTracingBuilder conventions(SemanticConventions conventions) {
		this.conventions = conventions;
		return this;
	}

	/**
	 * Choose the parent of process spans.
	 * @param consumerParent the parent, the producer's span by default
	 * @return this builder
	 */
	public MessagingTracingBuilder consumerParent(ConsumerParent consumerParent) {
		this.consumerParent = consumerParent;
		return this;
	}

	/**
	 * Tell how many links a span has room for. The SDK drops the others and says so
	 * nowhere that a backend shows.
	 * @param maxLinks the limit of the SDK, 128 by default
	 * @return this builder
	 */
	public MessagingTracingBuilder maxLinks(int maxLinks) {
		this.maxLinks = maxLinks;
		return this;
	}

	/**
	 * Choose where faults go.
	 * @param faults the faults, by default ones that warn once a minute
	 * @return this builder
	 */
	public MessagingTracingBuilder faults(Faults faults) {
		this.faults = faults;
		return this;
	}

	/**
	 * Choose where metrics go.
	 * @param metrics the metrics, by default those of OpenTelemetry's meter
	 * @return this builder
	 */
	public MessagingTracingBuilder metrics(MessagingMetrics metrics) {
		this.metrics = metrics;
		return this;
	}

	/**
	 * Build the instance.
	 * @return the instance
	 */
	public MessagingTracing build() {
		return new MessagingTracing(this);
	}

}
