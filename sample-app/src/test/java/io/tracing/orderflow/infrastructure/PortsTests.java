// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PortsTests {

	@Test
	void anyFreePortIsTaken() {
		assertThat(Ports.reserve(0, "Kafka")).isPositive();
	}

	@Test
	void takenPortIsNamedTogetherWithTheMend() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThatExceptionOfType(PortInUseException.class)
				.isThrownBy(() -> Ports.reserve(socket.getLocalPort(), "Kafka"))
				.withMessage("Kafka can't listen on port " + socket.getLocalPort()
						+ ": another process does. Stop that process or choose another port (0 takes any free one).");
		}
	}

}
