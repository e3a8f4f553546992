// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;

/**
 * A send through {@link KafkaTemplate}, from the call to the acknowledgement.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SendBenchmark {

	/**
	 * The id of a {@link Variant}.
	 */
	@Param("none")
	public String tracing = "none";

	private final CountingSpanProcessor spans = new CountingSpanProcessor();

	private final MockProducerFactory producerFactory = new MockProducerFactory();

	private KafkaTemplate<String, String> template = new KafkaTemplate<>(this.producerFactory);

	/**
	 * Put the tracing on.
	 */
	@Setup
	public void trace() {
		this.template = Variant.withId(this.tracing).create(this.spans).trace(this.template);
	}

	/**
	 * Send with no span around: the number that the variants are judged by.
	 * @return for the JIT compiler to keep
	 */
	@Benchmark
	public CompletableFuture<SendResult<String, String>> send() {
		return this.template.send(Fixture.TOPIC, Fixture.KEY, Fixture.VALUE);
	}

	/**
	 * Send within a span, as a request handler does.
	 * @param current the span around
	 * @return for the JIT compiler to keep
	 */
	@Benchmark
	public CompletableFuture<SendResult<String, String>> sendInSpan(CurrentSpan current) {
		return this.template.send(Fixture.TOPIC, Fixture.KEY, Fixture.VALUE);
	}

	long spansEnded() {
		return this.spans.ended();
	}

	ProducerRecord<String, String> lastRecord() {
		return this.producerFactory.lastRecord();
	}

}
