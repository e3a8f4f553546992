// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A nats-server with JetStream in a process beside this JVM, which only this machine can
 * reach. It can be killed and started again on the same port with the same streams. Who
 * starts it closes it, also when the JVM ends: only they know what has to end before it.
 */
public final class NatsServerProcess implements AutoCloseable {

	/** Let the server choose any port that is free. */
	public static final int ANY_PORT = -1;

	private static final Duration START_LIMIT = Duration.ofSeconds(20);

	private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

	private static final Pattern ADDRESS = Pattern.compile("nats://[^\"]*:(\\d+)\"");

	private final Path binary;

	private final Path directory;

	private int port;

	private @Nullable Process process;

	private NatsServerProcess(Path binary, Path directory, int port) {
		this.binary = binary;
		this.directory = directory;
		this.port = port;
	}

	/**
	 * Start a server.
	 * @param binary the executable
	 * @param port the port to listen on, or {@link #ANY_PORT}
	 * @param configuration lines for its configuration file, such as
	 * {@code max_payload: 1024}
	 * @return the running server
	 */
	public static NatsServerProcess start(Path binary, int port, String... configuration) {
		NatsServerProcess server = new NatsServerProcess(binary, Directories.createTemporary("nats-server-"), port);
		try {
			Files.write(server.configurationFile(), List.of(configuration));
			server.launch();
			return server;
		}
		catch (IOException ex) {
			server.close();
			throw new UncheckedIOException("nats-server did not start: " + ex.getMessage(), ex);
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	/**
	 * Return the address that clients connect to.
	 * @return a URL
	 */
	public String url() {
		return "nats://127.0.0.1:" + port();
	}

	public synchronized int port() {
		return this.port;
	}

	/**
	 * End the server as a power cut does.
	 */
	public synchronized void kill() {
		if (this.process != null) {
			this.process.destroyForcibly();
			awaitEnd(this.process);
			this.process = null;
		}
	}

	/**
	 * End the server as an administrator does, and keep its streams.
	 */
	public synchronized void stop() {
		if (this.process != null) {
			this.process.destroy();
			awaitEnd(this.process);
			kill();
		}
	}

	/**
	 * Start the server again, on the same port with the same streams, after it was ended
	 * or to end it now.
	 */
	public synchronized void restart() {
		stop();
		try {
			launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("nats-server did not start again: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Return what the server has logged since its first start.
	 * @return the lines of its log
	 */
	public String log() {
		try {
			return Files.readString(logFile());
		}
		catch (IOException ex) {
			return "no log: " + ex;
		}
	}

	@Override
	public synchronized void close() {
		stop();
		Directories.delete(this.directory);
	}

	private Path configurationFile() {
		return this.directory.resolve("server.conf");
	}

	private Path logFile() {
		return this.directory.resolve("server.log");
	}

	private void launch() throws IOException {
		Path ports = Files.createDirectories(this.directory.resolve("ports"));
		List<String> command = new ArrayList<>(List.of(this.binary.toString(), "-c", configurationFile().toString()));
		command.addAll(List.of("-a", "127.0.0.1", "-p", Integer.toString(this.port)));
		command.addAll(List.of("-js", "-sd", this.directory.resolve("store").toString()));
		command.addAll(List.of("--ports_file_dir", ports.toString()));
		Process started = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
			.start();
		this.process = started;
		this.port = awaitPort(started, ports.resolve(this.binary.getFileName() + "_" + started.pid() + ".ports"));
	}

	/**
	 * The server writes its ports once it listens on them, after it has recovered its
	 * streams.
	 */
	private int awaitPort(Process started, Path file) throws IOException {
		long limit = System.nanoTime() + START_LIMIT.toNanos();
		while (System.nanoTime() < limit && started.isAlive()) {
			if (Files.exists(file)) {
				Matcher address = ADDRESS.matcher(Files.readString(file, StandardCharsets.UTF_8));
				if (address.find()) {
					return Integer.parseInt(address.group(1));
				}
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
		}
		String end = started.isAlive() ? "it was not ready within " + START_LIMIT.toSeconds() + " s"
				: "it ended with " + started.exitValue();
		String log = log();
		kill();
		throw new IllegalStateException("nats-server did not start: " + end + ", and logged:\n" + log);
	}

	private static void awaitEnd(Process process) {
		try {
			process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
