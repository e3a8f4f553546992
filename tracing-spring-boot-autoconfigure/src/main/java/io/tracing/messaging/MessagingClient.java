// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import org.jspecify.annotations.Nullable;

/**
 * A producer or consumer as the attributes of its spans describe it.
 *
 * @param system the messaging system, such as {@code kafka}
 * @param clientId what tells this client from the others, if known
 * @param consumerGroup the group it consumes in, if it does
 * @param server the broker's address, where there is exactly one
 */
public record MessagingClient(String system, @Nullable String clientId, @Nullable String consumerGroup,
		@Nullable ServerAddress server) {

	/**
	 * The address of a broker as it is configured; never resolved.
	 *
	 * @param host the host name or address
	 * @param port the port
	 */
	public record ServerAddress(String host, int port) {

	}

}
