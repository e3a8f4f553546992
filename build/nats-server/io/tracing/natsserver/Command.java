// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command of the operating system that has to succeed.
 */
final class Command {

	private static final long LIMIT_MINUTES = 10;

	private Command() {
	}

	/**
	 * Run a command to its end.
	 * @param directory its working directory
	 * @param command the program and its arguments
	 * @throws IOException if it fails, with the line of its output that says most
	 */
	static void run(Path directory, List<String> command) throws IOException {
		Path output = Files.createTempFile(directory, "output-", ".txt");
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		// The line that says most is found by its English beginning.
		builder.environment().put("LC_ALL", "C");
		Process process = builder.start();
		try {
			if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
				throw new IOException(command.get(0) + " did not end within " + LIMIT_MINUTES + " minutes");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException(command.get(0) + " was interrupted");
		}
		finally {
			process.destroyForcibly();
		}
		if (process.exitValue() != 0) {
			throw new IOException(command.get(0) + " ended with " + process.exitValue() + ": " + reason(output));
		}
	}

	private static String reason(Path output) throws IOException {
		List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines()
			.map(String::strip)
			.filter((line) -> !line.isEmpty())
			.toList();
		return lines.stream()
			.filter((line) -> line.startsWith("E: "))
			.map((line) -> line.substring("E: ".length()))
			.findFirst()
			.orElse(lines.isEmpty() ? "no output" : lines.get(lines.size() - 1));
	}

}
