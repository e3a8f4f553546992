// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service that can't do without something says in one line what it is and how to get
 * it.
 */
class StartFailureIntegrationTests {

	@Test
	void missingNatsIsNamedWithItsMend() {
		ByteArrayOutputStream err = new ByteArrayOutputStream();
		int status = OrderFlowApplication.run(System.out, new PrintStream(err, true, StandardCharsets.UTF_8),
				"--role=shipping", "--server.port=0", "--orderflow.nats.url=nats://localhost:1",
				"--orderflow.nats.connect-limit=1ms");
		assertThat(status).isEqualTo(1);
		assertThat(err.toString(StandardCharsets.UTF_8).strip().lines()).singleElement()
			.asString()
			.startsWith("OrderFlow could not start: NATS can't be reached at nats://localhost:1: start it there, "
					+ "or name another server with NATS_URL");
	}

}
