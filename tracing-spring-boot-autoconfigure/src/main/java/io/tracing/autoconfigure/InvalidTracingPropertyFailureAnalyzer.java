// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Says which property is wrong, where it was set, why, and what to write instead. First
 * in order, because the exception is the cause of a {@code BindException}, of which Boot
 * would say less.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidTracingPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTracingPropertyException> {

	private final @Nullable Environment environment;

	InvalidTracingPropertyFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTracingPropertyException cause) {
		Origin origin = origin(cause.property());
		String description = "The value '%s' of the property '%s'%s is invalid because %s.".formatted(cause.value(),
				cause.property(), (origin != null) ? " (from " + origin + ")" : "", cause.reason());
		return new FailureAnalysis(description, cause.mend(), cause);
	}

	private @Nullable Origin origin(String property) {
		if (this.environment instanceof ConfigurableEnvironment configurable) {
			for (PropertySource<?> source : configurable.getPropertySources()) {
				Origin origin = OriginLookup.getOrigin(source, property);
				if (origin != null) {
					return origin;
				}
			}
		}
		return null;
	}

}
