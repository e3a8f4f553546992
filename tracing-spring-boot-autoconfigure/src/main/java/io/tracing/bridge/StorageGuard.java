// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns when a stream that is drained too slowly is about to discard, or has discarded,
 * what was not fetched. The end is logged too. In between it is silent, but for the
 * number of messages that are lost, from time to time.
 */
final class StorageGuard {

	private static final Logger logger = LoggerFactory.getLogger(StorageGuard.class);

	private static final double NEARLY_FULL = 0.8;

	private static final double ROOM_AGAIN = 0.7;

	private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

	private final String stream;

	private boolean nearlyFull;

	private long reported;

	private long nextReport = System.nanoTime();

	StorageGuard(String stream) {
		this.stream = stream;
	}

	void look(StreamPosition position) {
		long now = System.nanoTime();
		if (position.lost() == 0) {
			this.reported = 0;
		}
		else if (position.lost() > this.reported && now - this.nextReport >= 0) {
			this.reported = position.lost();
			this.nextReport = now + INTERVAL;
			logger.error("Stream '{}' has discarded up to {} messages that the bridge had not fetched yet."
					+ " Raise its limits (tracing.telemetry.stream.max-size, max-age are for a new one), or add bridges.",
					this.stream, position.lost());
		}
		if (!this.nearlyFull && position.lag() > 0 && position.filling() >= NEARLY_FULL) {
			this.nearlyFull = true;
			logger.warn("Stream '{}' is {} % full and {} messages wait for the bridge: the oldest will be discarded.",
					this.stream, Math.round(position.filling() * 100), position.lag());
		}
		else if (this.nearlyFull && (position.lag() == 0 || position.filling() < ROOM_AGAIN)) {
			this.nearlyFull = false;
			logger.info("Nothing waits for the bridge in stream '{}' that would be discarded.", this.stream);
		}
	}

}
