// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A message that is fetched from JetStream together with 499 others, and acknowledged.
 * The stream is filled once; each invocation reads it with a consumer of its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FetchBenchmark extends ConnectedBenchmark {

	// Enough that making the consumer is lost in the messages.
	static final int FETCHES = 20;

	private int consumers;

	private @Nullable JetStreamSubscription subscription;

	@Override
	void prepare() throws Exception {
		addStream(-1);
		List<CompletableFuture<PublishAck>> pending = new ArrayList<>();
		for (int i = 0; i < FETCHES * MESSAGES; i++) {
			pending.add(other().jetStream().publishAsync(NatsClient.SUBJECT, NatsHandlerBenchmark.HEADERS, BODY));
		}
		for (CompletableFuture<PublishAck> acknowledgment : pending) {
			acknowledgment.get(NatsClient.LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
	}

	/**
	 * Begin at the beginning of the stream.
	 * @throws IOException if the server hangs
	 * @throws JetStreamApiException if it refuses
	 */
	@Setup(Level.Invocation)
	public void subscribe() throws IOException, JetStreamApiException {
		this.consumers++;
		other().jetStreamManagement()
			.addOrUpdateConsumer(NatsClient.STREAM,
					ConsumerConfiguration.builder()
						.durable(consumer())
						.filterSubject(NatsClient.SUBJECT)
						.ackPolicy(AckPolicy.Explicit)
						.memStorage(true)
						.build());
		this.subscription = client().subscribe(consumer());
	}

	/**
	 * Leave nothing behind for the next invocation.
	 * @throws IOException if the server hangs
	 * @throws JetStreamApiException if it refuses
	 */
	@TearDown(Level.Invocation)
	public void unsubscribe() throws IOException, JetStreamApiException {
		if (this.subscription != null) {
			this.subscription.unsubscribe();
		}
		other().jetStreamManagement().deleteConsumer(NatsClient.STREAM, consumer());
	}

	private String consumer() {
		return NatsClient.QUEUE + "-" + this.consumers;
	}

	/**
	 * Fetch and acknowledge messages, and report the cost of one.
	 * @return for the JIT compiler to keep
	 */
	@Benchmark
	@OperationsPerInvocation(FETCHES * MESSAGES)
	public int fetchAndAck() {
		int fetched = 0;
		for (int i = 0; i < FETCHES; i++) {
			fetched += fetchOnce();
		}
		if (fetched != FETCHES * MESSAGES) {
			throw new IllegalStateException("Fetched " + fetched + " messages instead of " + FETCHES * MESSAGES);
		}
		return fetched;
	}

	int fetchOnce() {
		JetStreamSubscription subscription = this.subscription;
		if (subscription == null) {
			throw new IllegalStateException("subscribe() comes before the first fetch");
		}
		return client().fetchAndAck(subscription, MESSAGES);
	}

}
