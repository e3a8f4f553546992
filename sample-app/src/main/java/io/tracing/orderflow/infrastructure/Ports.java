// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports on the loopback interface. Broker and database say badly, late or not at all that
 * their port is taken, so it is tried before they start.
 */
final class Ports {

	private Ports() {
	}

	/**
	 * Return the port to listen on.
	 * @param port the wanted port, or 0 for any that is free
	 * @param server what is going to listen, for the error message
	 * @return a port that was free a moment ago
	 */
	static int reserve(int port, String server) {
		try (ServerSocket socket = new ServerSocket()) {
			// A broker that was just stopped leaves connections in TIME_WAIT.
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			return socket.getLocalPort();
		}
		catch (BindException ex) {
			throw new PortInUseException(server, port, ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
