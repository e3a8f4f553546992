// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * OrderFlow in a JVM of its own, started as a user starts it.
 */
final class ForkedOrderFlow implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(120);

	private final Process process;

	private final Path output;

	private ForkedOrderFlow(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Starts a JVM.
	 * @param environment environment variables beside those of this JVM
	 * @param arguments the command line
	 */
	static ForkedOrderFlow start(Map<String, String> environment, String... arguments) throws IOException {
		Path output = Files.createTempFile("orderflow-output-", ".txt");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						// Short runs: what a better compiler gains, it does not earn
						// back.
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx384m", "-Dstdout.encoding=UTF-8",
						"-Dfile.encoding=UTF-8", "-cp", classPath(), OrderFlowApplication.class.getName()));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment().keySet().removeIf((name) -> name.startsWith("OTEL_"));
		builder.environment().putAll(environment);
		return new ForkedOrderFlow(builder.start(), output);
	}

	/** Without what only the tests need. */
	private static String classPath() {
		String classPath = System.getProperty("java.class.path");
		return String.join(File.pathSeparator,
				List.of(classPath.split(File.pathSeparator))
					.stream()
					.filter((entry) -> !entry.endsWith("test-classes"))
					.toList());
	}

	/** Waits until the process has ended. */
	int exitStatus() throws InterruptedException {
		assertThat(this.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(() -> "ended: " + output()).isTrue();
		return this.process.exitValue();
	}

	/** Waits until the process has printed a text. */
	void awaitOutput(String text) {
		Awaitility.await("output " + text).atMost(LIMIT).until(() -> {
			assertThat(this.process.isAlive()).as(this::output).isTrue();
			return output().contains(text);
		});
	}

	String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/** Sends what Ctrl-C sends, and waits for the end. */
	void stop() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

	@Override
	public void close() {
		try {
			stop();
			Files.deleteIfExists(this.output);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
