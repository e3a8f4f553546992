// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says when the server is gone and when it is back. What a handler throws is not repeated
 * here: it was logged where the order was known.
 */
final class ConnectionLog implements ConnectionListener, ErrorListener {

	private static final Log logger = LogFactory.getLog(ConnectionLog.class);

	@Override
	@Deprecated
	public void connectionEvent(Connection connection, Events type) {
		// The one below is called instead.
	}

	@Override
	public void connectionEvent(Connection connection, Events type, Long time, String server) {
		switch (type) {
			case DISCONNECTED -> logger.warn("NATS is gone: " + server);
			case RECONNECTED -> logger.info("NATS is back: " + server);
			default -> logger.debug(type);
		}
	}

	@Override
	public void errorOccurred(Connection connection, String error) {
		logger.warn("NATS says: " + error);
	}

	@Override
	public void exceptionOccurred(Connection connection, Exception ex) {
		logger.debug("On a thread of NATS", ex);
	}

}
