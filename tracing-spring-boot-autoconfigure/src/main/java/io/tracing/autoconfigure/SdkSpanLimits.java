// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.MessagingTracingBuilder;

import org.springframework.util.ClassUtils;

/**
 * Asks the SDK how many links a span has room for. The only class that knows the SDK,
 * which an application need not have.
 */
final class SdkSpanLimits {

	private static final boolean SDK_PRESENT = ClassUtils.isPresent("io.opentelemetry.sdk.OpenTelemetrySdk",
			SdkSpanLimits.class.getClassLoader());

	private SdkSpanLimits() {
	}

	static void tell(MessagingTracingBuilder builder, OpenTelemetry openTelemetry) {
		if (SDK_PRESENT) {
			Limits.tell(builder, openTelemetry);
		}
	}

	/** On its own, so that it is loaded only where the SDK is. */
	private static final class Limits {

		static void tell(MessagingTracingBuilder builder, OpenTelemetry openTelemetry) {
			if (openTelemetry instanceof OpenTelemetrySdk sdk) {
				builder.maxLinks(sdk.getSdkTracerProvider().getSpanLimits().getMaxNumberOfLinks());
			}
		}

	}

}
