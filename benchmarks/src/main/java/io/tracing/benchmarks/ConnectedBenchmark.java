// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerProcess;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the benchmarks of NATS have in common: a nats-server of their own, a client that
 * is traced, and a connection that is not, for what happens on the other side.
 */
@State(Scope.Benchmark)
public abstract class ConnectedBenchmark {

	/** So many messages at once that waiting for the last of them is lost in them. */
	static final int MESSAGES = 500;

	static final byte[] BODY = Fixture.VALUE.getBytes(StandardCharsets.UTF_8);

	/**
	 * The id of a {@link Variant}.
	 */
	@Param("none")
	public String tracing = "none";

	private final CountingSpanProcessor spans = new CountingSpanProcessor();

	private final NatsServerProcess server = NatsServerProcess.start(NatsServerBinary.locate(System.out::println),
			NatsServerProcess.ANY_PORT);

	private final Connection other = connect(this.server.url());

	private NatsClient client = new NatsClient(this.other);

	ConnectedBenchmark() {
		// For a run that is broken off.
		Runtime.getRuntime().addShutdownHook(new Thread(this.server::close));
	}

	/**
	 * Put the tracing on.
	 * @throws Exception if there is no connection
	 */
	@Setup
	public void start() throws Exception {
		this.client = Variant.withId(this.tracing).create(this.spans).nats(options(this.server.url()));
		prepare();
	}

	/**
	 * Get ready to measure.
	 * @throws Exception if that fails
	 */
	void prepare() throws Exception {
	}

	/**
	 * Close the connections and stop the server.
	 * @throws Exception if that fails
	 */
	@TearDown
	public void stop() throws Exception {
		this.client.close();
		this.other.close();
		this.server.close();
	}

	final NatsClient client() {
		return this.client;
	}

	/**
	 * A connection that nobody traces.
	 */
	final Connection other() {
		return this.other;
	}

	/**
	 * Add a stream that forgets what is old, in memory: the disk of the machine is no
	 * part of the figures.
	 */
	final void addStream(long maxMessages) throws IOException, JetStreamApiException {
		this.other.jetStreamManagement()
			.addStream(StreamConfiguration.builder()
				.name(NatsClient.STREAM)
				.subjects(NatsClient.SUBJECT)
				.storageType(StorageType.Memory)
				.maxMessages(maxMessages)
				.discardPolicy(DiscardPolicy.Old)
				.build());
	}

	long spansEnded() {
		return this.spans.ended();
	}

	private static Options options(String url) {
		return new Options.Builder().server(url).connectionTimeout(Duration.ofSeconds(20)).build();
	}

	private static Connection connect(String url) {
		try {
			return Nats.connect(options(url));
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException("No connection to nats-server at " + url, ex);
		}
	}

}
