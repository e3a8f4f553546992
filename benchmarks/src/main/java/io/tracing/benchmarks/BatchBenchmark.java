// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

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

import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * A record through a listener container whose listener takes whole polls. As many records
 * to a poll as a span has room for links: beyond that, doing less would look like being
 * faster.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchBenchmark {

	static final int RECORDS_PER_POLL = 100;

	// Enough that handing over to the consumer thread and back is lost in the records.
	private static final int POLLS = 100;

	/**
	 * The id of a {@link Variant}.
	 */
	@Param("none")
	public String tracing = "none";

	private final CountingSpanProcessor spans = new CountingSpanProcessor();

	private final EndlessConsumer consumer = new EndlessConsumer(RECORDS_PER_POLL);

	private final CharacterCount characters = new CharacterCount();

	private @Nullable MessageListenerContainer container;

	/**
	 * Put the tracing on and start the container.
	 */
	@Setup
	public void start() {
		Tracing tracing = Variant.withId(this.tracing).create(this.spans);
		this.container = ProcessBenchmark.start(tracing, this.consumer, this.characters);
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
	 * Process batches, and report the cost of one record.
	 * @return for the JIT compiler to keep
	 * @throws InterruptedException never in a benchmark
	 */
	@Benchmark
	@OperationsPerInvocation(POLLS * RECORDS_PER_POLL)
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

	/**
	 * The listener's work: next to nothing, yet nothing that the JIT compiler could drop.
	 */
	private static final class CharacterCount implements BatchMessageListener<String, String> {

		private volatile long count;

		@Override
		public void onMessage(List<ConsumerRecord<String, String>> records) {
			for (ConsumerRecord<String, String> record : records) {
				this.count = this.count + record.value().length();
			}
		}

	}

}
