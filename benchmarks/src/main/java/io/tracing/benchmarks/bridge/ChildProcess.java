// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM beside this one, which is asked line by line.
 */
final class ChildProcess implements AutoCloseable {

	/** What the bridge shall do with, and the others as well. */
	private static final String HEAP = "256m";

	private final Process process;

	private final BufferedReader out;

	private final PrintStream in;

	private final String greeting;

	private ChildProcess(Process process) throws IOException {
		this.process = process;
		this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
		this.greeting = answer();
	}

	/**
	 * Start one.
	 * @param main what it runs
	 * @param arguments what it is told
	 */
	static ChildProcess start(Class<?> main, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Xmx" + HEAP);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		return new ChildProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
	}

	/** What it said first. */
	String greeting() {
		return this.greeting;
	}

	String ask(String command) throws IOException {
		this.in.println(command);
		return answer();
	}

	private String answer() throws IOException {
		for (String line = this.out.readLine(); line != null; line = this.out.readLine()) {
			if (line.startsWith(Dialogue.ANSWER)) {
				return line.substring(Dialogue.ANSWER.length());
			}
			System.err.println(line);
		}
		throw new IOException("A process of the benchmark ended too early: see what it says above");
	}

	/** How long it has kept processors busy. */
	double processorMicros() {
		return processorMicros(this.process.toHandle());
	}

	static double processorMicros(ProcessHandle process) {
		return process.info().totalCpuDuration().map((time) -> time.toNanos() / 1e3).orElse(Double.NaN);
	}

	@Override
	public void close() {
		this.in.close();
		this.process.destroy();
	}

}
