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
 * Says when the server can't be reached and when it is there again. What a handler throws
 * is not repeated here: it was logged where the order was known.
 */
final class ConnectionLog implements ConnectionListener, ErrorListener {

	private static final Log logger = LogFactory.getLog(ConnectionLog.class);

	private final String url;

	private final AtomicBoolean gone = new AtomicBoolean();

	ConnectionLog(String url) {
		this.url = url;
	}

	@Override
	@Deprecated
	public void connectionEvent(Connection connection, Events type) {
		// The one below is called instead.
	}

	@Override
	public void connectionEvent(Connection connection, Events type, Long time, String server) {
		// Told twice that it is gone, it says so once.
		if (type == Events.DISCONNECTED && this.gone.compareAndSet(false, true)) {
			logger.warn("NATS at " + this.url + " can't be reached");
		}
		else if ((type == Events.CONNECTED || type == Events.RECONNECTED) && this.gone.compareAndSet(true, false)) {
			logger.info("NATS at " + this.url + " is there");
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
