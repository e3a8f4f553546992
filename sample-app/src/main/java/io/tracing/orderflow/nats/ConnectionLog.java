// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.util.concurrent.atomic.AtomicBoolean;

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

	private final AtomicBoolean gone = new AtomicBoolean();

	@Override
	@Deprecated
	public void connectionEvent(Connection connection, Events type) {
		// The one below is called instead.
	}

	@Override
	public void connectionEvent(Connection connection, Events type, Long time, String server) {
		// Told twice that it is gone, it says so once.
		if (type == Events.DISCONNECTED && this.gone.compareAndSet(false, true)) {
			logger.warn("NATS is gone: " + server);
		}
		else if (type == Events.RECONNECTED && this.gone.compareAndSet(true, false)) {
			logger.info("NATS is back: " + server);
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
