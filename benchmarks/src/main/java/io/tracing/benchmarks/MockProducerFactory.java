// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.Map;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;

/**
 * A producer factory whose producer acknowledges every record at once, on the caller's
 * thread.
 */
final class MockProducerFactory extends DefaultKafkaProducerFactory<String, String> {

	private final LastRecordProducer mock = new LastRecordProducer();

	MockProducerFactory() {
		super(Fixture.PRODUCER_CONFIG);
	}

	/**
	 * The record that came out at the far end of the last send.
	 */
	ProducerRecord<String, String> lastRecord() {
		return this.mock.history().get(0);
	}

	@Override
	protected Producer<String, String> createRawProducer(Map<String, Object> configuration) {
		Producer<String, String> producer = this.mock;
		for (ProducerPostProcessor<String, String> postProcessor : getPostProcessors()) {
			producer = postProcessor.apply(producer);
		}
		return producer;
	}

	/**
	 * {@link MockProducer} keeps every record it was ever given; this one keeps the last.
	 */
	private static final class LastRecordProducer extends MockProducer<String, String> {

		LastRecordProducer() {
			super(true, null, new StringSerializer(), new StringSerializer());
			Fixture.metricsOfClient(Fixture.PRODUCER_CLIENT_ID).forEach(this::setMockMetrics);
		}

		@Override
		public synchronized Future<RecordMetadata> send(ProducerRecord<String, String> record, Callback callback) {
			clear();
			return super.send(record, callback);
		}

	}

}
