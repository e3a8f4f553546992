// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OrderFlowApplicationTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@Test
	void helpNamesEveryOptionAndRole() {
		assertThat(run("--help")).isZero();
		assertThat(this.out.toString(StandardCharsets.UTF_8)).contains("--role", "--once", "--kafka-port",
				"--nats-port", "--postgres-port", "--help",
				"all, infrastructure, gateway, orders, inventory, worker, email, shipping");
		assertThat(this.err.size()).isZero();
	}

	@Test
	void unknownOptionIsOneLineAndStatusTwo() {
		assertThat(run("--twice")).isEqualTo(2);
		assertThat(this.out.size()).isZero();
		assertThat(this.err.toString(StandardCharsets.UTF_8).lines()).singleElement()
			.asString()
			.startsWith("OrderFlow: unknown option '--twice': there are --role=NAME, --once");
	}

	@Test
	void portInUseIsOneMessageAndStatusOne() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThat(run("--role=infrastructure", "--kafka-port=" + taken.getLocalPort())).isEqualTo(1);
			assertThat(this.err.toString(StandardCharsets.UTF_8).strip().lines()).singleElement()
				.asString()
				.startsWith("OrderFlow could not start: Kafka can't listen on port " + taken.getLocalPort());
		}
	}

	private int run(String... arguments) {
		return OrderFlowApplication.run(new PrintStream(this.out, true, StandardCharsets.UTF_8),
				new PrintStream(this.err, true, StandardCharsets.UTF_8), arguments);
	}

}
