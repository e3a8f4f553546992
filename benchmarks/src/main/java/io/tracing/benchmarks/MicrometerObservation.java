// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.List;

import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelBaggageManager;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.OpenTelemetry;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Spring Kafka's observation with Micrometer's bridge to OpenTelemetry, its handlers
 * ordered as Spring Boot orders them. Boot's log correlation is left out, which favours
 * this variant.
 */
final class MicrometerObservation implements Tracing {

	private final ObservationRegistry registry = ObservationRegistry.create();

	MicrometerObservation(OpenTelemetry openTelemetry) {
		io.opentelemetry.api.trace.Tracer delegate = openTelemetry.getTracer("org.springframework.boot");
		OtelCurrentTraceContext context = new OtelCurrentTraceContext();
		Tracer tracer = new OtelTracer(delegate, context, (event) -> {
		}, new OtelBaggageManager(context, List.of(), List.of()));
		Propagator propagator = new OtelPropagator(openTelemetry.getPropagators(), delegate);
		this.registry.observationConfig()
			.observationHandler(new FirstMatchingCompositeObservationHandler(
					new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
					new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
					new DefaultTracingObservationHandler(tracer)));
	}

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		template.setObservationEnabled(true);
		template.setObservationRegistry(this.registry);
		return template;
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		factory.getContainerProperties().setObservationEnabled(true);
		factory.getContainerProperties().setObservationRegistry(this.registry);
		return factory;
	}

}
