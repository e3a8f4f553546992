// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;

/**
 * The {@link OpenTelemetry} that everything here uses, and where it was found: the only
 * bean of its type, whoever made it, else the global one. Never the beans it is made of
 * ({@code SdkTracerProvider}, {@code ContextPropagators}): with two starters on the class
 * path some of those are orphans.
 *
 * @param openTelemetry the instance, a no-op where there is none
 * @param description where it was found, or why there is none
 */
record TracingSource(OpenTelemetry openTelemetry, String description) {

	static TracingSource resolve(boolean enabled, ObjectProvider<OpenTelemetry> beans, Environment environment) {
		if (!enabled) {
			return none("tracing.enabled=false");
		}
		// Boot's disabled SDK still makes spans and marks them as sampled, which would
		// make every service downstream record them.
		if (!environment.getProperty("management.opentelemetry.enabled", Boolean.class, true)) {
			return none("management.opentelemetry.enabled=false");
		}
		OpenTelemetry bean = beans.getIfUnique();
		if (bean != null) {
			// Such as OpenTelemetry.propagating(): its spans are no-ops.
			return (bean.getTracerProvider() == TracerProvider.noop()) ? none("the OpenTelemetry bean makes no spans")
					: new TracingSource(bean, "the OpenTelemetry bean");
		}
		if (beans.stream().findAny().isPresent()) {
			return none("there is more than one OpenTelemetry bean and none of them is @Primary");
		}
		// Not get(): that would set the global one for good if nobody has yet.
		OpenTelemetry global = GlobalOpenTelemetry.getOrNoop();
		return (global == OpenTelemetry.noop())
				? none("there is no OpenTelemetry bean and GlobalOpenTelemetry is not set")
				: new TracingSource(global, "GlobalOpenTelemetry");
	}

	private static TracingSource none(String reason) {
		return new TracingSource(OpenTelemetry.noop(), reason);
	}

	boolean isPresent() {
		return this.openTelemetry != OpenTelemetry.noop();
	}

}
