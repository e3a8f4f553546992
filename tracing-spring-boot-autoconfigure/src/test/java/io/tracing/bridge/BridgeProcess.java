// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.Nats;

/**
 * A bridge in a process of its own, to be killed.
 */
final class BridgeProcess implements AutoCloseable {

	private final Process process;

	private final Path output;

	private BridgeProcess(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Start a bridge between the stream and the backend of a scenario.
	 * @param scenario has both
	 * @param directory where its output goes
	 * @param batchSize the most messages of a batch
	 * @param maxDeliveries how often the server delivers a message
	 * @return the process, in which the bridge starts
	 */
	static BridgeProcess start(BridgeScenario scenario, Path directory, int batchSize, int maxDeliveries) {
		try {
			Path output = Files.createTempFile(directory, "bridge-", ".txt");
			Process process = new ProcessBuilder(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
							"-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
							BridgeProcess.class.getName(), scenario.nats().url(), scenario.backend().url(),
							Integer.toString(batchSize), Integer.toString(maxDeliveries)))
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			return new BridgeProcess(process, output);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/** End it in the way that leaves it no time to do anything. */
	void kill() {
		this.process.destroyForcibly();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				throw new AssertionError("The process can't be killed");
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Return what it wrote.
	 * @return the lines
	 */
	String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			return "no output: " + ex;
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	public static void main(String[] arguments) throws Exception {
		Connection connection = Nats.connect(arguments[0]);
		OtlpHttpOptions target = OtlpHttpOptions.builder()
			.endpoint(arguments[1])
			.timeout(Duration.ofMinutes(2))
			.build();
		OtlpBridgeBuilder builder = OtlpBridge.builder(() -> connection, target)
			.streams(BridgeScenario.stream()::createIfMissing);
		BridgeScenario.impatient(builder)
			.batchSize(Integer.parseInt(arguments[2]))
			.maxDeliveries(Integer.parseInt(arguments[3]))
			.build()
			.start();
		// Ends with the test, however that ends.
		while (System.in.read() >= 0) {
			Thread.onSpinWait();
		}
		System.exit(0);
	}

}
