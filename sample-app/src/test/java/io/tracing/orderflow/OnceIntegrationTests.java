// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code --once} says by its exit status whether the trace is unbroken, and if not, why.
 */
class OnceIntegrationTests {

	@Test
	void brokenTraceIsStatusOneWithTheReason() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		int status = OrderFlowApplication.run(new PrintStream(out, true, StandardCharsets.UTF_8), System.err, "--once",
				"--tracing.enabled=false", "--server.port=0");
		assertThat(status).isEqualTo(1);
		assertThat(out.toString(StandardCharsets.UTF_8)).contains("broken: no span of service 'worker'",
				"broken: no span of service 'email'", "broken: no span of service 'shipping'",
				"broken: no consumer has dealt with the order");
	}

	@Test
	void traceThatCameByNatsIsStatusZero() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		int status = OrderFlowApplication.run(new PrintStream(out, true, StandardCharsets.UTF_8), System.err, "--once",
				"--telemetry=nats", "--server.port=0");
		assertThat(out.toString(StandardCharsets.UTF_8)).contains("unbroken: one trace id in 6 services",
				"Telemetry went from the services to stream TELEMETRY on nats://");
		assertThat(status).isZero();
	}

}
