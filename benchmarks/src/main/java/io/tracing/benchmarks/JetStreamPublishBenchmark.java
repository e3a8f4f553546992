// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.api.PublishAck;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * An asynchronous publish to JetStream, from the call to the acknowledgment, with many on
 * the way at once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JetStreamPublishBenchmark extends ConnectedBenchmark {

	@Override
	void prepare() throws Exception {
		addStream(MESSAGES);
	}

	/**
	 * Publish messages until all are acknowledged, and report the cost of one.
	 * @return the number of the last message in the stream
	 * @throws Exception if the server hangs
	 */
	@Benchmark
	@OperationsPerInvocation(MESSAGES)
	public long publishAsync() throws Exception {
		NatsClient client = client();
		List<CompletableFuture<PublishAck>> pending = new ArrayList<>(MESSAGES);
		for (int i = 0; i < MESSAGES; i++) {
			pending.add(client.publishAsync(BODY));
		}
		long last = 0;
		for (CompletableFuture<PublishAck> acknowledgment : pending) {
			last = acknowledgment.get(NatsClient.LIMIT.toSeconds(), TimeUnit.SECONDS).getSeqno();
		}
		return last;
	}

}
