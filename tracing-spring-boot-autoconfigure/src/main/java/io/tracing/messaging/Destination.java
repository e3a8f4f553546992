// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Where messages go to or come from, as far as it is the same for all messages of an
 * operation.
 *
 * @param name the topic or subject, {@code null} if it differs from message to message
 * @param template the pattern that names of high cardinality are made from, if any
 * @param temporary whether it vanishes after use, as an inbox for replies does
 * @param subscription the named entity through which it is consumed, such as a durable
 * consumer, if any
 */
public record Destination(@Nullable String name, @Nullable String template, boolean temporary,
		@Nullable String subscription) {

	/** One of which nothing is the same for all messages. */
	public static final Destination UNKNOWN = new Destination(null, null, false, null);

	/**
	 * A destination that is known by its name.
	 * @param name the name, of low cardinality
	 * @return the destination
	 */
	public static Destination named(String name) {
		return new Destination(name, null, false, null);
	}

	/**
	 * Destinations that differ in name and have a pattern in common.
	 * @param template the pattern
	 * @return the destination
	 */
	public static Destination template(String template) {
		return new Destination(null, template, false, null);
	}

	/**
	 * The same, consumed through a named entity.
	 * @param subscription the name, of low cardinality
	 * @return the destination
	 */
	public Destination through(@Nullable String subscription) {
		return new Destination(this.name, this.template, this.temporary, subscription);
	}

	/**
	 * What names it where cardinality must be low: its template, else its name.
	 */
	@Nullable String lowCardinalityName() {
		return (this.template != null) ? this.template : this.name;
	}

	void describe(AttributesBuilder attributes) {
		if (this.name != null) {
			attributes.put(MessagingAttributes.DESTINATION_NAME, this.name);
		}
		if (this.template != null) {
			attributes.put(MessagingAttributes.DESTINATION_TEMPLATE, this.template);
		}
		if (this.temporary) {
			attributes.put(MessagingAttributes.DESTINATION_TEMPORARY, true);
		}
		if (this.subscription != null) {
			attributes.put(MessagingAttributes.SUBSCRIPTION_NAME, this.subscription);
		}
	}

}
