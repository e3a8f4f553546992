// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An attribute under the name that the chosen {@link SemanticConventions} give it, or
 * under both names during a migration.
 *
 * @param <T> the type of the value
 */
public final class MessagingKey<T> {

	private final AttributeKey<T> key;

	private final @Nullable AttributeKey<T> alias;

	private MessagingKey(AttributeKey<T> key, @Nullable AttributeKey<T> alias) {
		this.key = key;
		this.alias = alias;
	}

	static <T> MessagingKey<T> renamed(SemanticConventions conventions, AttributeKey<T> in144, AttributeKey<T> in145) {
		return switch (conventions) {
			case V1_44 -> new MessagingKey<>(in144, null);
			case V1_45 -> new MessagingKey<>(in145, null);
			case BOTH -> new MessagingKey<>(in145, in144);
		};
	}

	/**
	 * Set the attribute on a span that is about to start, where a sampler sees it.
	 * @param builder the span to be
	 * @param value the value
	 */
	public void set(SpanBuilder builder, T value) {
		builder.setAttribute(this.key, value);
		if (this.alias != null) {
			builder.setAttribute(this.alias, value);
		}
	}

	/**
	 * Set the attribute on a running span.
	 * @param span the span
	 * @param value the value
	 */
	public void set(Span span, T value) {
		span.setAttribute(this.key, value);
		if (this.alias != null) {
			span.setAttribute(this.alias, value);
		}
	}

	/**
	 * The one key, where the conventions chosen know it under one name.
	 * @return the key, {@code null} if there are two
	 */
	public @Nullable AttributeKey<T> single() {
		return (this.alias == null) ? this.key : null;
	}

	/**
	 * Put the attribute into a set, such as that of a link.
	 * @param attributes the set to be
	 * @param value the value
	 */
	public void put(AttributesBuilder attributes, T value) {
		attributes.put(this.key, value);
		if (this.alias != null) {
			attributes.put(this.alias, value);
		}
	}

}
