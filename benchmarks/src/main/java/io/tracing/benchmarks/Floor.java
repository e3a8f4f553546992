// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.opentelemetry.api.OpenTelemetry;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * The least possible OpenTelemetry code, written by hand for this one application: the
 * span and the attributes that the conventions require and recommend, and nothing that a
 * library has to have on top (no guard against faults, no switches, no second tracer to
 * yield to, no copy of the record).
 */
final class Floor implements Tracing {

	private final OpenTelemetry openTelemetry;

	Floor(OpenTelemetry openTelemetry) {
		this.openTelemetry = openTelemetry;
	}

	@Override
	public KafkaTemplate<String, String> trace(KafkaTemplate<String, String> template) {
		template.getProducerFactory().addPostProcessor((producer) -> new FloorProducer<>(producer, this.openTelemetry));
		return template;
	}

	@Override
	public ConcurrentKafkaListenerContainerFactory<String, String> trace(
			ConcurrentKafkaListenerContainerFactory<String, String> factory) {
		factory.setRecordInterceptor(new FloorRecordInterceptor<>(this.openTelemetry));
		factory.setBatchInterceptor(new FloorBatchInterceptor<>(this.openTelemetry));
		return factory;
	}

	@Override
	public NatsClient nats(Options options) throws IOException, InterruptedException {
		return new FloorNatsClient(Nats.connect(options), this.openTelemetry);
	}

}
