// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.net.URI;
import java.net.URISyntaxException;

import io.nats.client.Connection;
import io.nats.client.api.ServerInfo;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingClient.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * The server that a connection is connected to, until it reconnects: that may be to
 * another one, which knows the connection under another number, and may not take headers.
 */
final class ConnectedServer {

	private final ServerInfo info;

	private final boolean takesHeaders;

	private final boolean hasUrl;

	private final NatsOperations operations;

	ConnectedServer(NatsTracing nats, Connection connection, ServerInfo info) {
		this.info = info;
		// A client with noHeaders() is disconnected when it sends some, although the
		// server that it is connected to supports them.
		this.takesHeaders = info.isHeadersSupported() && !connection.getOptions().isNoHeaders();
		String url = connection.getConnectedUrl();
		this.hasUrl = url != null;
		this.operations = new NatsOperations(nats, new MessagingClient(NatsTracing.SYSTEM,
				(info.getClientId() > 0) ? Integer.toString(info.getClientId()) : null, null, address(url)));
	}

	/**
	 * Whether it is the one that a connection is connected to. While jnats connects, it
	 * has the server's information before it has the URL.
	 */
	boolean isStill(ServerInfo info, Connection connection) {
		return this.info == info && (this.hasUrl || connection.getConnectedUrl() == null);
	}

	boolean takesHeaders() {
		return this.takesHeaders;
	}

	/**
	 * The size of the largest message, headers included, or something below 1 if there is
	 * no limit.
	 */
	long maxPayload() {
		return this.info.getMaxPayload();
	}

	NatsOperations operations() {
		return this.operations;
	}

	/**
	 * Host and port of the URL, and nothing else: it may hold a user and a password.
	 */
	private static @Nullable ServerAddress address(@Nullable String url) {
		if (url == null) {
			return null;
		}
		try {
			URI uri = new URI(url.contains("://") ? url : "nats://" + url);
			return (uri.getHost() != null && uri.getPort() > 0) ? new ServerAddress(uri.getHost(), uri.getPort())
					: null;
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

}
