// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says when the servers of telemetry go and come back: once each, and not for every
 * attempt to connect, as jnats does by itself.
 */
final class ConnectionLog implements ErrorListener, ConnectionListener {

	private static final Log logger = LogFactory.getLog("io.tracing.telemetry");

	private volatile @Nullable String lastProblem;

	private volatile boolean up;

	@Override
	public void errorOccurred(Connection connection, String error) {
		this.lastProblem = error;
		logger.debug("NATS says: " + error);
	}

	@Override
	public void exceptionOccurred(Connection connection, Exception exception) {
		this.lastProblem = String.valueOf(exception.getMessage());
		logger.debug("jnats reports " + NatsAddress.withoutUserInfo(exception.toString()));
	}

	@Override
	@SuppressWarnings("deprecation") // The only one that every jnats calls.
	public void connectionEvent(Connection connection, Events type) {
		if (type == Events.DISCONNECTED && this.up) {
			this.up = false;
			logger.warn("The connection of telemetry to NATS is lost%s; it comes back by itself"
				.formatted(lastProblem(": %s")));
		}
		else if ((type == Events.CONNECTED || type == Events.RECONNECTED) && !this.up) {
			this.up = true;
			this.lastProblem = null;
			logger.info("Telemetry is connected to NATS");
		}
	}

	/**
	 * What was reported last, if it was anything.
	 */
	String lastProblem(String format) {
		String problem = this.lastProblem;
		return (problem != null) ? format.formatted(NatsAddress.withoutUserInfo(problem)) : "";
	}

}
