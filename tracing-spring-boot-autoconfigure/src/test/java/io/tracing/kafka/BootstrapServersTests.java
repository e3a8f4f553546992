// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;

import io.tracing.messaging.MessagingClient.ServerAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The address of the one broker, if it is one.
 */
class BootstrapServersTests {

	@ParameterizedTest
	@CsvSource({ "broker:9092, broker, 9092", "' broker:9092 ', broker, 9092", "[::1]:9092, ::1, 9092",
			"PLAINTEXT://broker:9092, broker, 9092", "SASL_SSL://[2001:db8::1]:9093, 2001:db8::1, 9093",
			"10.0.0.1:1, 10.0.0.1, 1" })
	void oneServerIsTheAddress(String servers, String host, int port) {
		assertThat(server(servers)).isEqualTo(new ServerAddress(host, port));
		assertThat(server(List.of(servers))).isEqualTo(new ServerAddress(host, port));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:1,b:2", "a:1, b:2", "broker", "broker:", ":9092", "broker:http", "" })
	void anythingElseIsNoAddress(String servers) {
		assertThat(server(servers)).isNull();
	}

	@Test
	void listOfSeveralOrOfNoneIsNoAddress() {
		assertThat(server(List.of("a:1", "b:2"))).isNull();
		assertThat(server(List.of())).isNull();
		assertThat(server(List.of("a:1,b:2"))).isNull();
		assertThat(BootstrapServers.singleServer(Map.of())).isNull();
	}

	private static @Nullable ServerAddress server(Object servers) {
		return BootstrapServers.singleServer(Map.of("bootstrap.servers", servers));
	}

}
