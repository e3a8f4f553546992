// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Collection;
import java.util.Map;

import io.tracing.messaging.MessagingClient.ServerAddress;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * Finds the broker's address in a client's configuration.
 */
final class BootstrapServers {

	private BootstrapServers() {
	}

	/**
	 * The address, if there is exactly one: of several, none is the server that a message
	 * goes to.
	 */
	static @Nullable ServerAddress singleServer(Map<String, ?> configuration) {
		Object servers = configuration.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
		if (servers instanceof Collection<?> list) {
			return (list.size() == 1) ? parse(String.valueOf(list.iterator().next())) : null;
		}
		return (servers != null) ? parse(servers.toString()) : null;
	}

	private static @Nullable ServerAddress parse(String server) {
		String address = server.trim().replaceFirst("^[^/]*://", "");
		int colon = address.lastIndexOf(':');
		if (colon <= 0 || address.indexOf(',') >= 0) {
			return null;
		}
		try {
			String host = address.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
			return new ServerAddress(host, Integer.parseInt(address.substring(colon + 1)));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
