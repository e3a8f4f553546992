// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.GenericMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * A record through a listener container: all that the consumer thread does from poll to
 * poll.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProcessBenchmark {

	// Enough that handing over to the consumer thread and back is lost in the records.
	private static final int POLLS = 20;

	/**
	 * The id of a {@link Variant}.
	 */
	@Param("none")
	public String tracing = "none";

	private final CountingSpanProcessor spans = new CountingSpanProcessor();

	private final EndlessConsumer consumer = new EndlessConsumer();

	private final CharacterCount characters = new CharacterCount();

	private @Nullable MessageListenerContainer container;

	/**
	 * Put the tracing on and start the container.
	 */
	@Setup
	public void start() {
		Tracing tracing = Variant.withId(this.tracing).create(this.spans);
		this.container = start(tracing, this.consumer, this.characters);
	}

	/**
	 * Stop the container.
	 */
	@TearDown
	public void stop() {
		if (this.container != null) {
			this.container.stop();
		}
	}

	/**
	 * Process records, and report the cost of one.
	 * @return for the JIT compiler to keep
	 * @throws InterruptedException never in a benchmark
	 */
	@Benchmark
	@OperationsPerInvocation(POLLS * EndlessConsumer.RECORDS_PER_POLL)
	public long process() throws InterruptedException {
		this.consumer.handOver(POLLS);
		return this.characters.count;
	}

	void processOnePoll() throws InterruptedException {
		this.consumer.handOver(1);
	}

	long spansEnded() {
		return this.spans.ended();
	}

	long charactersRead() {
		return this.characters.count;
	}

	static MessageListenerContainer start(Tracing tracing, EndlessConsumer consumer,
			GenericMessageListener<?> listener) {
		ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();
		factory.setConsumerFactory(new EndlessConsumerFactory(consumer));
		MessageListenerContainer container = tracing.trace(factory).createContainer(Fixture.TOPIC);
		container.setupMessageListener(listener);
		container.start();
		return container;
	}

	/**
	 * The listener's work: next to nothing, yet nothing that the JIT compiler could drop.
	 */
	private static final class CharacterCount implements MessageListener<String, String> {

		private volatile long count;

		@Override
		public void onMessage(ConsumerRecord<String, String> record) {
			this.count = this.count + record.value().length();
		}

	}

	private static final class EndlessConsumerFactory extends DefaultKafkaConsumerFactory<String, String> {

		private final EndlessConsumer consumer;

		EndlessConsumerFactory(EndlessConsumer consumer) {
			super(Fixture.CONSUMER_CONFIG);
			this.consumer = consumer;
		}

		@Override
		protected Consumer<String, String> createRawConsumer(Map<String, Object> configuration) {
			return this.consumer;
		}

	}

}
