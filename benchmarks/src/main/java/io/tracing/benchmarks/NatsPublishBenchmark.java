// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A publish of core NATS, which nobody acknowledges, to a subject that nobody listens on.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NatsPublishBenchmark extends ConnectedBenchmark {

	/**
	 * Publish messages until the server has them, and report the cost of one.
	 * @throws InterruptedException never in a benchmark
	 * @throws TimeoutException if the server hangs
	 */
	@Benchmark
	@OperationsPerInvocation(MESSAGES)
	public void publish() throws InterruptedException, TimeoutException {
		NatsClient client = client();
		for (int i = 0; i < MESSAGES; i++) {
			client.publish(BODY);
		}
		client.connection.flush(NatsClient.LIMIT);
	}

}
