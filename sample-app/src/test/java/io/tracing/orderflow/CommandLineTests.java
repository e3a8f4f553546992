// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CommandLineTests {

	@Test
	void withoutOptionsEverythingRunsHere() {
		CommandLine commandLine = CommandLine.parse();
		assertThat(commandLine.role()).isEqualTo(Role.ALL);
		assertThat(commandLine.once()).isFalse();
		assertThat(commandLine.properties()).isEmpty();
	}

	@Test
	void infrastructureHasFixedPortsUnlessOthersAreGiven() {
		CommandLine defaults = CommandLine.parse("--role=infrastructure");
		assertThat(defaults.kafkaPort()).isEqualTo(9094);
		assertThat(defaults.natsPort()).isEqualTo(4223);
		assertThat(defaults.postgresPort()).isEqualTo(5433);
		CommandLine chosen = CommandLine.parse("--role=infrastructure", "--kafka-port=0", "--nats-port=4222",
				"--postgres-port=6000");
		assertThat(chosen.kafkaPort()).isZero();
		assertThat(chosen.natsPort()).isEqualTo(4222);
		assertThat(chosen.postgresPort()).isEqualTo(6000);
	}

	@Test
	void propertiesArePassedOn() {
		assertThat(CommandLine.parse("--server.port=9000", "--once", "--tracing.enabled=false").properties())
			.containsExactly("--server.port=9000", "--tracing.enabled=false");
	}

	@Test
	void bridgeIsToldItsEndsByProperties() {
		assertThat(CommandLine.parse("--role=bridge").properties()).isEmpty();
		assertThat(CommandLine.parse("--role=bridge", "--endpoint=http://jaeger:4318", "--nats=nats://edge:4222")
			.properties()).containsExactly("--tracing.bridge.endpoint=http://jaeger:4318",
					"--tracing.telemetry.nats.servers=nats://edge:4222");
	}

	@Test
	void telemetryGoesByNatsIfSomebodyWantsIt() {
		assertThat(CommandLine.parse("--telemetry=nats", "--once").telemetryByNats()).isTrue();
		assertThat(CommandLine.parse("--role=orders", "--telemetry=nats").telemetryByNats()).isTrue();
		assertThat(CommandLine.parse("--role=orders").telemetryByNats()).isFalse();
	}

	@Test
	void helpNamesEveryRoleAndOption() {
		assertThat(CommandLine.HELP).contains("bridge", "--telemetry=nats", "--endpoint=URL", "--nats=URL",
				"OTEL_EXPORTER_OTLP_ENDPOINT", "nats://localhost:4223");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					--rol=orders                  | unknown option '--rol=orders': there are --role=NAME
					--verbose                     | unknown option '--verbose'
					once                          | unknown option 'once'
					--server.port                 | unknown option '--server.port'
					--role=order                  | unknown role 'order': it is one of all, infrastructure, gateway, orders
					--role                        | option --role needs a value
					--once=true                   | option --once takes no value, but got 'true'
					--role=orders --once          | option --once goes with --role=all, not with --role=orders
					--kafka-port=1                | option --kafka-port goes with --role=infrastructure, not with --role=all
					--nats-port=1                 | option --nats-port goes with --role=infrastructure, not with --role=all
					--endpoint=http://jaeger:4318 | option --endpoint goes with --role=bridge, not with --role=all
					--role=orders --nats=nats://edge | option --nats goes with --role=bridge, not with --role=orders
					--role=bridge --endpoint      | option --endpoint needs a value: --endpoint=...
					--telemetry                   | option --telemetry needs a value: --telemetry=...
					--telemetry=kafka             | option --telemetry can only be --telemetry=nats, but got 'kafka'
					--role=bridge --telemetry=nats | option --telemetry goes with --role=all or a service, not with --role=bridge
					--role=infrastructure --kafka-port=x     | needs a port from 0 to 65535, but got 'x'
					--role=infrastructure --kafka-port=70000 | needs a port from 0 to 65535, but got '70000'
					""")
	void whatIsNotAllowedIsNamedWithWhatIs(String arguments, String message) {
		assertThatExceptionOfType(UsageException.class).isThrownBy(() -> CommandLine.parse(arguments.split(" ")))
			.withMessageContaining(message);
	}

}
