// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

import java.util.function.Consumer;

import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerMissingException;
import io.tracing.natsserver.NatsServerProcess;

import org.springframework.boot.SpringApplication;

/**
 * A real nats-server with JetStream in a process beside this JVM. It can be stopped and
 * started again on the same port with the same streams.
 */
public final class NatsServer implements AutoCloseable {

	private final NatsServerProcess process;

	private NatsServer(NatsServerProcess process) {
		this.process = process;
	}

	/**
	 * Start a server that only this machine can reach.
	 * @param port the port to listen on, or 0 for any that is free
	 * @param progress hears a line before nats-server is fetched, if it has to be
	 * @return the running server
	 * @throws PortInUseException if another process listens on the port
	 * @throws NatsServerMissingException if there is no nats-server and none can be
	 * fetched
	 */
	public static NatsServer start(int port, Consumer<String> progress) {
		int freePort = Ports.reserve(port, "NATS");
		NatsServer server = new NatsServer(NatsServerProcess.start(NatsServerBinary.locate(progress), freePort));
		// These run after every application context was closed, so services drain first.
		SpringApplication.getShutdownHandlers().add(server::close);
		return server;
	}

	/**
	 * Return the address that clients connect to.
	 * @return a URL
	 */
	public String url() {
		return this.process.url();
	}

	/**
	 * Stop the server and keep its streams.
	 */
	public void stop() {
		this.process.stop();
	}

	/**
	 * Start the server again after {@link #stop()}, on the same port with the same
	 * streams.
	 */
	public void restart() {
		this.process.restart();
	}

	@Override
	public void close() {
		this.process.close();
	}

}
