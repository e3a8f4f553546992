// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.kafkaclients.v2_6.KafkaTelemetry;
import io.opentelemetry.instrumentation.nats.v2_17.NatsTelemetry;
import io.opentelemetry.instrumentation.spring.kafka.v2_7.SpringKafkaTelemetry;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * OpenTelemetry's libraries {@code opentelemetry-kafka-clients-2.6} and
 * {@code opentelemetry-spring-kafka-2.7}, as its Spring Boot starter puts them on, and
 * {@code opentelemetry-nats-2.17}, which knows core NATS alone.
 */
final class OpenTelemetryLibraries implements Tracing {

	private final OpenTelemetry openTelemetry;

	OpenTelemetryLibraries(OpenTelemetry openTelemetry) {
		this.openTelemetry = openTelemetry;
	}

	/**
	 * Opt in to the newer conventions. The libraries read the switch once in a JVM, so
	 * that it takes effect if nothing else is traced before: in a fork of the benchmark.
	 */
	static OpenTelemetryLibraries withStableConventions(OpenTelemetry openTelemetry) {
		System.setProperty("otel.semconv-stability.opt-in", "messaging");
		return new OpenTelemetryLibraries(openTelemetry);
	}

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		KafkaTelemetry telemetry = KafkaTelemetry.create(this.openTelemetry);
		template.getProducerFactory().addPostProcessor(telemetry::wrap);
		return template;
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		SpringKafkaTelemetry telemetry = SpringKafkaTelemetry.create(this.openTelemetry);
		factory.setRecordInterceptor(telemetry.createRecordInterceptor());
		factory.setBatchInterceptor(telemetry.createBatchInterceptor());
		return factory;
	}

	@Override
	public NatsClient nats(Options options) throws IOException, InterruptedException {
		return new NatsClient(NatsTelemetry.create(this.openTelemetry).newConnection(options, Nats::connect));
	}

}
