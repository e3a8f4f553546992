// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A message of core NATS that is delivered to a handler. It is also published here, on a
 * connection that is not traced: that is a part of what every variant takes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NatsHandlerBenchmark extends ConnectedBenchmark {

	static final Headers HEADERS = new Headers().put("traceparent",
			"00-" + EndlessConsumer.TRACE_ID + "-" + EndlessConsumer.SPAN_ID + "-01");

	private final Message message = new NatsMessage(NatsClient.SUBJECT, null, HEADERS, BODY);

	private final ByteCount bytes = new ByteCount();

	@Override
	void prepare() throws Exception {
		client().handle(this.bytes);
		client().connection.flush(NatsClient.LIMIT);
	}

	/**
	 * Handle messages, and report the cost of one.
	 * @return for the JIT compiler to keep
	 * @throws InterruptedException never in a benchmark
	 */
	@Benchmark
	@OperationsPerInvocation(MESSAGES)
	public long handle() throws InterruptedException {
		for (int i = 0; i < MESSAGES; i++) {
			other().publish(this.message);
		}
		if (!this.bytes.delivered.tryAcquire(MESSAGES, NatsClient.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("Not all messages were delivered within " + NatsClient.LIMIT);
		}
		return this.bytes.count;
	}

	long bytesRead() {
		return this.bytes.count;
	}

	/**
	 * The handler's work: next to nothing, yet nothing that the JIT compiler could drop.
	 */
	private static final class ByteCount implements MessageHandler {

		private final Semaphore delivered = new Semaphore(0);

		private volatile long count;

		@Override
		public void onMessage(Message message) {
			this.count = this.count + message.getData().length;
			this.delivered.release();
		}

	}

}
