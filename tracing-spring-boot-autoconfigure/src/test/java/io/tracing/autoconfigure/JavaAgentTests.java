// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.tracing.testing.KafkaBroker;
import io.tracing.testing.NatsServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * OpenTelemetry's Java agent beside this library, for real, in a JVM of its own: whoever
 * traces, it is one, and the start-up line says who.
 */
class JavaAgentTests {

	private final String topic = KafkaBroker.newTopic("agent");

	@TempDir
	private Path directory;

	@Test
	void agentTracesAndOursYields() throws Exception {
		List<String> output = run();
		assertThat(output).contains("ours: []");
		assertThat(output).filteredOn((line) -> line.startsWith("Tracing"))
			.singleElement()
			.asString()
			.contains("Kafka: no, the OpenTelemetry Java agent traces it")
			.contains("NATS: no, the OpenTelemetry Java agent traces it (otel.instrumentation.nats.enabled=false leaves"
					+ " it to this starter)");
		for (String destination : List.of(this.topic, this.topic + ".bean", this.topic + ".wrapped")) {
			assertThat(ofTheAgent(output, "PRODUCER", destination)).as(destination).hasSize(1);
			assertThat(ofTheAgent(output, "CONSUMER", destination)).as(destination).hasSize(1);
		}
	}

	@Test
	void oursTracesIfTheAgentDoesNot() throws Exception {
		List<String> output = run("-Dotel.instrumentation.kafka.enabled=false",
				"-Dotel.instrumentation.spring-kafka.enabled=false", "-Dotel.instrumentation.nats.enabled=false");
		assertThat(output).filteredOn((line) -> line.startsWith("ours: "))
			.singleElement()
			.asString()
			.satisfies((line) -> assertThat(line.substring("ours: [".length(), line.length() - 1).split(", "))
				.containsExactlyInAnyOrder("send " + this.topic, "process " + this.topic,
						"publish " + this.topic + ".bean", "process " + this.topic + ".bean",
						"publish " + this.topic + ".wrapped", "process " + this.topic + ".wrapped"));
		assertThat(output).filteredOn((line) -> line.startsWith("Tracing"))
			.singleElement()
			.asString()
			.contains("1 producer factory, 1 consumer factory, 1 listener container factory")
			.contains("NATS: 1 connection");
		assertThat(output).filteredOn((line) -> line.contains("LoggingSpanExporter") && line.contains(this.topic))
			.isEmpty();
	}

	/**
	 * The agent's logging exporter writes one line for each span.
	 */
	private static List<String> ofTheAgent(List<String> output, String kind, String destination) {
		return output.stream()
			.filter((line) -> line.contains("LoggingSpanExporter") && line.contains(" " + kind + " [tracer: ")
					&& line.matches(".*'" + Pattern.quote(destination) + "[' ].*"))
			.toList();
	}

	private List<String> run(String... options) throws IOException, InterruptedException {
		List<String> classPath = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
		String agent = classPath.stream()
			.filter((entry) -> entry.contains("opentelemetry-javaagent"))
			.findFirst()
			.orElseThrow(() -> new AssertionError("The build puts the agent on the class path of this test alone"));
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-javaagent:" + agent,
						"-Dotel.traces.exporter=logging", "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none",
						"-Dotel.javaagent.logging=simple", "-XX:TieredStopAtLevel=1", "-Xmx384m"));
		command.addAll(List.of(options));
		command.addAll(List.of("-cp",
				String.join(File.pathSeparator, classPath.stream().filter((entry) -> !entry.equals(agent)).toList()),
				JavaAgentApplication.class.getName(), this.topic, KafkaBroker.bootstrapServers(),
				NatsServer.shared().url()));
		File output = this.directory.resolve("output.txt").toFile();
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
		builder.environment().keySet().removeIf((name) -> name.startsWith("OTEL_"));
		Process process = builder.start();
		try {
			assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended").isTrue();
			List<String> lines = Files.readAllLines(output.toPath());
			assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
			return lines;
		}
		finally {
			process.destroyForcibly();
		}
	}

}
