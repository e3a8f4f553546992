// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;

/**
 * Sees to it that the stream is there before the bridge looks for it.
 */
@FunctionalInterface
public interface StreamInitializer {

	/** Leaves it to others: the bridge waits until the stream is there. */
	StreamInitializer NONE = (management) -> {
	};

	/**
	 * Create the stream if it is missing. Called on a thread of the bridge, again and
	 * again until it succeeds.
	 * @param management manages streams
	 * @throws IOException if the server does not answer
	 * @throws JetStreamApiException if the server refuses
	 */
	void createIfMissing(JetStreamManagement management) throws IOException, JetStreamApiException;

}
