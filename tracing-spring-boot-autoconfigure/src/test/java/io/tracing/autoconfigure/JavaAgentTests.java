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

import io.tracing.testing.KafkaBroker;
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
			.contains("Kafka: no, the OpenTelemetry Java agent traces it");
		assertThat(ofTheAgent(output, "PRODUCER")).hasSize(1);
		assertThat(ofTheAgent(output, "CONSUMER")).hasSize(1);
	}

	@Test
	void oursTracesIfTheAgentDoesNotTraceKafka() throws Exception {
		List<String> output = run("-Dotel.instrumentation.kafka.enabled=false",
				"-Dotel.instrumentation.spring-kafka.enabled=false");
		assertThat(output).contains("ours: [send %1$s, process %1$s]".formatted(this.topic));
		assertThat(output).filteredOn((line) -> line.startsWith("Tracing"))
			.singleElement()
			.asString()
			.contains("1 producer factory, 1 consumer factory, 1 listener container factory");
		assertThat(ofTheAgent(output, "PRODUCER")).isEmpty();
		assertThat(ofTheAgent(output, "CONSUMER")).isEmpty();
	}

	/**
	 * The agent's logging exporter writes one line for each span.
	 */
	private List<String> ofTheAgent(List<String> output, String kind) {
		return output.stream()
			.filter((line) -> line.contains("LoggingSpanExporter") && line.contains(" " + kind + " [tracer: ")
					&& line.contains(this.topic))
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
				JavaAgentApplication.class.getName(), this.topic, KafkaBroker.bootstrapServers()));
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
