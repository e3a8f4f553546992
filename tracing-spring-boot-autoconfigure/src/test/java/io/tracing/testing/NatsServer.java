// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerProcess;

/**
 * A real nats-server with JetStream: one for all tests of a JVM, which keep apart by the
 * names of their subjects and streams, or one of its own for a test that configures,
 * kills or restarts it.
 */
public final class NatsServer implements AutoCloseable {

	private static final AtomicInteger COUNTER = new AtomicInteger();

	private final NatsServerProcess process;

	private NatsServer(String... configuration) {
		this.process = NatsServerProcess.start(NatsServerBinary.locate(System.out::println), NatsServerProcess.ANY_PORT,
				configuration);
		Runtime.getRuntime().addShutdownHook(new Thread(this.process::close));
	}

	/**
	 * Return the server of all tests. Nobody closes it.
	 * @return the running server
	 */
	public static NatsServer shared() {
		return Shared.SERVER;
	}

	/**
	 * Start a server for one test.
	 * @param configuration lines for its configuration file, such as
	 * {@code no_header_support: true}
	 * @return the running server
	 */
	public static NatsServer start(String... configuration) {
		return new NatsServer(configuration);
	}

	/**
	 * Return a name that no other test uses, for a subject, a stream or a bucket.
	 * @param prefix the first part of it
	 * @return the name
	 */
	public static String newName(String prefix) {
		return prefix + "-" + COUNTER.incrementAndGet();
	}

	public String url() {
		return this.process.url();
	}

	/**
	 * Return options of a client that is back soon after the server is.
	 * @return options to change and build
	 */
	public Options.Builder options() {
		return new Options.Builder().server(url()).reconnectWait(Duration.ofMillis(50)).maxReconnects(-1);
	}

	/**
	 * Connect, without any tracing.
	 * @return a connection, which the test closes
	 */
	public Connection connect() {
		return connect(options());
	}

	/**
	 * Connect, without any tracing.
	 * @param options begun by {@link #options()}
	 * @return a connection, which the test closes
	 */
	public Connection connect(Options.Builder options) {
		try {
			return Nats.connect(options.build());
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError("No connection to " + url() + ". The server logged:\n" + log(), ex);
		}
	}

	/**
	 * End the server as a power cut does.
	 */
	public void kill() {
		this.process.kill();
	}

	/**
	 * Start the server again, on the same port with the same streams.
	 */
	public void restart() {
		this.process.restart();
	}

	public String log() {
		return this.process.log();
	}

	@Override
	public void close() {
		this.process.close();
	}

	/**
	 * Started by the first test that needs it.
	 */
	private static final class Shared {

		private static final NatsServer SERVER = new NatsServer();

	}

}
