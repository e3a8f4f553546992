// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.List;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.BaggageTaggingSpanProcessor;
import io.opentelemetry.api.OpenTelemetry;

import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * What each service imports.
 */
@Configuration(proxyBeanMethods = false)
@Import({ ProblemDetails.class, SpanHandlers.class })
public class ServiceConfiguration {

	@Bean
	HttpServerSpanConvention httpServerSpanConvention() {
		return new HttpServerSpanConvention();
	}

	@Bean
	HttpClientSpanConvention httpClientSpanConvention() {
		return new HttpClientSpanConvention();
	}

	@Bean
	SqlSpanConvention sqlSpanConvention(@Value("${spring.datasource.hikari.schema:public}") String schema) {
		return new SqlSpanConvention(schema);
	}

	@Bean
	OrderScope orderScope(Tracer tracer) {
		return new OrderScope(tracer);
	}

	@Bean
	CommitSpans commitSpans(Tracer tracer) {
		return new CommitSpans(tracer);
	}

	/**
	 * Boot's tag fields reach the span that is current when the baggage is set. This
	 * reaches those that start later, in this service and in the next ones.
	 */
	@Bean
	BaggageTaggingSpanProcessor orderIdOnSpans() {
		return new BaggageTaggingSpanProcessor(List.of(OrderScope.ORDER_ID));
	}

	/**
	 * A number where a text is wanted is a mistake, and is told to whoever made it.
	 */
	@Bean
	JsonMapperBuilderCustomizer strictTexts() {
		return (builder) -> builder.withCoercionConfig(LogicalType.Textual, (texts) -> {
			for (CoercionInputShape shape : List.of(CoercionInputShape.Integer, CoercionInputShape.Float,
					CoercionInputShape.Boolean)) {
				texts.setCoercion(shape, CoercionAction.Fail);
			}
		});
	}

	@Bean
	@ConditionalOnBooleanProperty("tracing.telemetry.enabled")
	LogExport logExport(OpenTelemetry openTelemetry, @Value("${spring.application.name}") String service) {
		return new LogExport(openTelemetry, service);
	}

	@Bean
	TracedOnly tracedOnly() {
		return new TracedOnly();
	}

}
