// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.web.server.PortInUseException;

import static org.assertj.core.api.Assertions.assertThat;

class StartFailureTests {

	@Test
	void knownFailureIsToldWithItsMend() {
		assertThat(StartFailure.describe(new IllegalStateException(new PortInUseException(8084))))
			.isEqualTo("Web server failed to start. Port 8084 was already in use. Identify and stop the process that's "
					+ "listening on port 8084 or configure this application to listen on another port.");
	}

	@Test
	void unknownFailureIsToldByItsMessages() {
		FileSystemException cause = new FileSystemException("/data", null, "No space left on device");
		assertThat(StartFailure.describe(new UncheckedIOException("Kafka has no directory for its data", cause)))
			.isEqualTo("Kafka has no directory for its data: /data: No space left on device");
	}

	@Test
	void beansAreNotNamed() {
		assertThat(StartFailure
			.describe(new BeanCreationException("flyway", "no bean", new IllegalStateException("connection refused"))))
			.isEqualTo("connection refused");
	}

}
