// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.concurrent.CountDownLatch;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * One process per service: one of the services, or Kafka, NATS and the database that they
 * share.
 */
final class SingleRole {

	private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

	private static final String NATS = "${NATS_URL:nats://localhost:" + CommandLine.NATS_PORT + "}";

	private SingleRole() {
	}

	static int infrastructure(Console console, CommandLine commandLine) {
		console.print("OrderFlow's Kafka, NATS and database\n");
		Infrastructure infrastructure = Infrastructure.start(commandLine.kafkaPort(), commandLine.natsPort(),
				commandLine.postgresPort(), console);
		Runtime.getRuntime().addShutdownHook(new Thread(infrastructure::close, "orderflow-shutdown"));
		StringBuilder next = new StringBuilder("\nStart next, each in a terminal of its own:\n\n");
		String environment = environment(commandLine, infrastructure);
		for (Role role : Role.START_ORDER) {
			next.append("  ").append(environment).append("java -jar sample-app/target/sample-app-*.jar --role=");
			next.append(role.text()).append('\n');
		}
		console.print(next.append("\nStop with Ctrl-C.").toString());
		awaitSignal();
		return Demo.RUNNING;
	}

	/** The services look at the default ports unless they are told otherwise. */
	private static String environment(CommandLine commandLine, Infrastructure infrastructure) {
		String environment = "";
		if (commandLine.kafkaPort() != CommandLine.KAFKA_PORT) {
			environment += "KAFKA_BROKERS=" + infrastructure.broker().bootstrapServers() + " ";
		}
		if (commandLine.natsPort() != CommandLine.NATS_PORT) {
			environment += "NATS_URL=" + infrastructure.nats().url() + " ";
		}
		if (commandLine.postgresPort() != CommandLine.POSTGRES_PORT) {
			environment += "POSTGRES_URL=" + infrastructure.database().jdbcUrl() + " ";
		}
		return environment;
	}

	private static void awaitSignal() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static int service(Console console, CommandLine commandLine) {
		String role = commandLine.role().text();
		console.print("OrderFlow's " + role + " starts ...");
		ServiceLauncher launcher = new ServiceLauncher(commandLine.role());
		if (commandLine.telemetryByNats()) {
			StreamedTelemetry.publisher(NATS).forEach(launcher::set);
		}
		ConfigurableApplicationContext service = launcher.start(commandLine.properties());
		console.print("Ready at http://localhost:" + service.getEnvironment().getProperty("local.server.port"));
		console.print(telemetry(commandLine.telemetryByNats(), service.getEnvironment()));
		return Demo.RUNNING;
	}

	private static String telemetry(boolean byNats, Environment environment) {
		String endpoint = System.getenv(ENDPOINT);
		boolean exported = endpoint != null && !endpoint.isEmpty();
		if (!byNats) {
			return exported ? "Spans go to " + endpoint
					: "Spans go nowhere: set " + ENDPOINT + " (for example http://localhost:4318) to see the trace";
		}
		return "Telemetry goes to stream TELEMETRY on " + environment.resolvePlaceholders(NATS)
				+ (exported ? ", and to " + endpoint + " as well" : "")
				+ ": --role=bridge --endpoint=http://localhost:4318 drains the stream";
	}

}
