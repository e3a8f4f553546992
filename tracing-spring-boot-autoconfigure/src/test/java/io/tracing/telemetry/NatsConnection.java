// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import io.nats.client.Connection;
import io.tracing.testing.NatsServer;

/**
 * A connection of a test, closed at the end of a block.
 *
 * @param connection the connection
 */
public record NatsConnection(Connection connection) implements AutoCloseable {

	/**
	 * Connect.
	 * @param server the server
	 */
	public NatsConnection(NatsServer server) {
		this(server.connect());
	}

	@Override
	public void close() {
		try {
			this.connection.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
