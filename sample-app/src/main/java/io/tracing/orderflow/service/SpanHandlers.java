// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.StatusCode;
import net.ttddyy.observation.tracing.DataSourceBaseContext;
import net.ttddyy.observation.tracing.QueryContext;
import net.ttddyy.observation.tracing.QueryTracingObservationHandler;

import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * Turns the observations of HTTP servers, HTTP clients and SQL into spans. Boot and
 * datasource-micrometer do the same and leave every attribute a string; these go first.
 */
@Configuration(proxyBeanMethods = false)
class SpanHandlers {

	private static final int FIRST = MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER
			- 10_000;

	@Bean
	@Order(MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER)
	PropagatingReceiverTracingObservationHandler<ReceiverContext<?>> serverSpans(Tracer tracer, Propagator propagator) {
		return new PropagatingReceiverTracingObservationHandler<>(tracer, propagator) {
			@Override
			public void tagSpan(ReceiverContext<?> context, Span span) {
				NumericTags.apply(context, span);
			}

			@Override
			public void customizeReceiverSpan(ReceiverContext<?> context, Span span) {
				if (context.getLowCardinalityKeyValue("error.type") != null) {
					// A handler that answers 5xx by itself throws nothing that would say
					// so.
					OtelSpan.toOtel(span).setStatus(StatusCode.ERROR);
				}
			}
		};
	}

	@Bean
	@Order(MicrometerTracingAutoConfiguration.SENDER_TRACING_OBSERVATION_HANDLER_ORDER)
	PropagatingSenderTracingObservationHandler<SenderContext<?>> clientSpans(Tracer tracer, Propagator propagator) {
		return new PropagatingSenderTracingObservationHandler<>(tracer, propagator) {
			@Override
			public void tagSpan(SenderContext<?> context, Span span) {
				NumericTags.apply(context, span);
			}
		};
	}

	@Bean
	@Order(FIRST)
	QueryTracingObservationHandler querySpans(Tracer tracer) {
		return new QueryTracingObservationHandler(tracer) {
			@Override
			public void tagSpan(DataSourceBaseContext context, Span span) {
				if (context instanceof QueryContext) {
					NumericTags.apply(context, span);
				}
			}

			@Override
			public void onStart(DataSourceBaseContext context) {
				// It would become the peer's service name, and a pool is no service.
				context.setRemoteServiceName(null);
				super.onStart(context);
			}

			@Override
			public void customizeSenderSpan(DataSourceBaseContext context, Span span) {
				// The convention has named the server already.
			}
		};
	}

}
