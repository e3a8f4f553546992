// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.Arrays;
import java.util.function.Function;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;

/**
 * What is compared. All have the same SDK: the same sampler, span processor and
 * propagators, and no meter provider.
 */
enum Variant {

	NONE("none", (spans) -> new NoTracing()),

	FLOOR("floor", (spans) -> new Floor(sdk(spans, Sampler.alwaysOn()))),

	STARTER("starter", (spans) -> new Starter(sdk(spans, Sampler.alwaysOn()))),

	OPENTELEMETRY("opentelemetry", (spans) -> new OpenTelemetryLibraries(sdk(spans, Sampler.alwaysOn()))),

	MICROMETER("micrometer", (spans) -> new MicrometerObservation(sdk(spans, Sampler.alwaysOn()))),

	/**
	 * OpenTelemetry's libraries with the conventions, and the link, that the floor has.
	 */
	OPENTELEMETRY_STABLE("opentelemetry-stable",
			(spans) -> OpenTelemetryLibraries.withStableConventions(sdk(spans, Sampler.alwaysOn()))),

	/**
	 * The starter where the sampler drops every span: the context goes on all the same.
	 */
	STARTER_UNSAMPLED("starter-unsampled", (spans) -> new Starter(sdk(spans, Sampler.alwaysOff()))),

	/**
	 * The starter in an application without an SDK.
	 */
	STARTER_NOOP("starter-noop", (spans) -> new Starter(OpenTelemetry.noop())),

	/**
	 * The starter's auto-configuration with {@code tracing.enabled=false}.
	 */
	DISABLED("disabled", (spans) -> new AutoConfigured(sdk(spans, Sampler.alwaysOn()), false));

	private final String id;

	private final Function<SpanProcessor, Tracing> tracing;

	Variant(String id, Function<SpanProcessor, Tracing> tracing) {
		this.id = id;
		this.tracing = tracing;
	}

	/**
	 * The name in the benchmarks' parameter {@code tracing} and in the report.
	 */
	String id() {
		return this.id;
	}

	Tracing create(SpanProcessor spanProcessor) {
		return this.tracing.apply(spanProcessor);
	}

	static Variant withId(String id) {
		return Arrays.stream(values())
			.filter((variant) -> variant.id.equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"No variant '" + id + "': use one of " + Arrays.stream(values()).map(Variant::id).toList()));
	}

	static OpenTelemetry sdk(SpanProcessor spanProcessor, Sampler sampler) {
		return OpenTelemetrySdk.builder()
			.setTracerProvider(SdkTracerProvider.builder().setSampler(sampler).addSpanProcessor(spanProcessor).build())
			.setPropagators(ContextPropagators.create(TextMapPropagator
				.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
			.build();
	}

}
