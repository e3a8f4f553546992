// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The options that OrderFlow was started with.
 *
 * @param role what this process is
 * @param once whether to exit after the first trace
 * @param help whether only to say what options there are
 * @param kafkaPort the port of the broker, 0 for any that is free
 * @param natsPort the port of the NATS server, 0 for any that is free
 * @param postgresPort the port of the database, 0 for any that is free
 * @param telemetryByNats whether services publish their telemetry to a stream
 * @param properties properties for Spring, each as {@code --name=value}
 */
record CommandLine(Role role, boolean once, boolean help, int kafkaPort, int natsPort, int postgresPort,
		boolean telemetryByNats, List<String> properties) {

	static final int KAFKA_PORT = 9094;

	static final int NATS_PORT = 4223;

	static final int POSTGRES_PORT = 5433;

	static final String HELP = """
			OrderFlow: six services, Kafka, NATS, one database, one trace.

			  --role=NAME           what this process is: %s (default: all)
			  --once                with role all: exit after the first trace, 0 if it is complete and unbroken, else 1
			  --telemetry=nats      with role all or a service: spans, logs and metrics go to the stream TELEMETRY on NATS;
			                        with role all a bridge drains it, and the trace is printed from what came out there
			  --endpoint=URL        with role bridge: where to drain TELEMETRY into, by OTLP over HTTP
			                        (default: OTEL_EXPORTER_OTLP_ENDPOINT, else http://localhost:4318)
			  --nats=URL            with role bridge: where NATS is (default: NATS_URL, else nats://localhost:%d)
			  --kafka-port=PORT     with role infrastructure: Kafka's port (default: %d)
			  --nats-port=PORT      with role infrastructure: NATS's port (default: %d)
			  --postgres-port=PORT  with role infrastructure: the database's port (default: %d)
			  --name.of.property=VALUE
			                        a property for Spring, for example --server.port=9000
			  --help                this text
			"""
		.formatted(Role.texts(), NATS_PORT, KAFKA_PORT, NATS_PORT, POSTGRES_PORT);

	private static final String KNOWN = "--role=NAME, --once, --telemetry=nats, --endpoint=URL, --nats=URL, "
			+ "--kafka-port=PORT, --nats-port=PORT, --postgres-port=PORT, --help and properties as --name.of.property=VALUE";

	static CommandLine parse(String... arguments) {
		Role role = Role.ALL;
		boolean once = false;
		boolean help = false;
		Integer kafkaPort = null;
		Integer natsPort = null;
		Integer postgresPort = null;
		boolean telemetryByNats = false;
		String endpoint = null;
		String nats = null;
		List<String> properties = new ArrayList<>();
		for (String argument : arguments) {
			int equals = argument.indexOf('=');
			String name = (equals < 0) ? argument : argument.substring(0, equals);
			String value = (equals < 0) ? null : argument.substring(equals + 1);
			switch (name) {
				case "--role" -> role = Role.of(required(name, value));
				case "--once" -> once = flag(name, value);
				case "--help" -> help = flag(name, value);
				case "--telemetry" -> telemetryByNats = isNats(name, required(name, value));
				case "--endpoint" -> endpoint = required(name, value);
				case "--nats" -> nats = required(name, value);
				case "--kafka-port" -> kafkaPort = port(name, value);
				case "--nats-port" -> natsPort = port(name, value);
				case "--postgres-port" -> postgresPort = port(name, value);
				default -> properties.add(property(argument, name, value));
			}
		}
		boolean shared = role == Role.INFRASTRUCTURE;
		requireRole(once, "--once", Role.ALL, role);
		requireRole(kafkaPort != null, "--kafka-port", Role.INFRASTRUCTURE, role);
		requireRole(natsPort != null, "--nats-port", Role.INFRASTRUCTURE, role);
		requireRole(postgresPort != null, "--postgres-port", Role.INFRASTRUCTURE, role);
		requireRole(endpoint != null, "--endpoint", Role.BRIDGE, role);
		requireRole(nats != null, "--nats", Role.BRIDGE, role);
		if (telemetryByNats && role != Role.ALL && !role.isService()) {
			throw new UsageException(
					"option --telemetry goes with --role=all or a service, not with --role=" + role.text());
		}
		addIfPresent(properties, "tracing.bridge.endpoint", endpoint);
		addIfPresent(properties, "tracing.telemetry.nats.servers", nats);
		return new CommandLine(role, once, help, orElse(kafkaPort, shared ? KAFKA_PORT : 0),
				orElse(natsPort, shared ? NATS_PORT : 0), orElse(postgresPort, shared ? POSTGRES_PORT : 0),
				telemetryByNats, List.copyOf(properties));
	}

	private static void addIfPresent(List<String> properties, String property, @Nullable String value) {
		if (value != null) {
			properties.add("--" + property + "=" + value);
		}
	}

	private static boolean isNats(String name, String value) {
		if (!value.equals("nats")) {
			throw new UsageException("option " + name + " can only be " + name + "=nats, but got '" + value + "'");
		}
		return true;
	}

	private static int orElse(@Nullable Integer port, int otherwise) {
		return (port != null) ? port : otherwise;
	}

	private static String property(String argument, String name, @Nullable String value) {
		if (!name.startsWith("--") || name.indexOf('.') < 3 || value == null) {
			throw new UsageException("unknown option '" + argument + "': there are " + KNOWN);
		}
		return argument;
	}

	private static String required(String name, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			throw new UsageException("option " + name + " needs a value: " + name + "=...");
		}
		return value;
	}

	private static boolean flag(String name, @Nullable String value) {
		if (value != null) {
			throw new UsageException("option " + name + " takes no value, but got '" + value + "'");
		}
		return true;
	}

	private static int port(String name, @Nullable String value) {
		String text = required(name, value);
		if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
			throw new UsageException("option " + name + " needs a port from 0 to 65535, but got '" + text + "'");
		}
		return Integer.parseInt(text);
	}

	private static void requireRole(boolean given, String option, Role required, Role role) {
		if (given && role != required) {
			throw new UsageException(
					"option " + option + " goes with --role=" + required.text() + ", not with --role=" + role.text());
		}
	}

}
