// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.StreamInfo;
import org.jspecify.annotations.Nullable;

/**
 * Where a durable stands in the stream.
 *
 * @param lag messages that were not fetched yet
 * @param pending messages that were fetched and are not settled
 * @param oldest when the oldest of both was stored, if there is one
 * @param filling the share of the stream's limit of bytes that is used; 0 without a limit
 * @param lost messages of the stream that were discarded before this durable got to them,
 * at most: they may have been of other subjects
 */
record StreamPosition(long lag, long pending, @Nullable ZonedDateTime oldest, double filling, long lost) {

	static final StreamPosition UNKNOWN = new StreamPosition(-1, -1, null, 0, 0);

	static StreamPosition of(JetStreamManagement management, String stream, Durable durable)
			throws IOException, JetStreamApiException {
		ConsumerInfo consumer = management.getConsumerInfo(stream, durable.name());
		StreamInfo info = management.getStreamInfo(stream);
		long lag = consumer.getNumPending();
		long pending = consumer.getNumAckPending();
		long reached = consumer.getDelivered().getStreamSequence();
		long first = info.getStreamState().getFirstSequence();
		long lost = (lag > 0 && reached > 0) ? Math.max(0, first - reached - 1) : 0;
		long limit = info.getConfiguration().getMaxBytes();
		double filling = (limit > 0) ? (double) info.getStreamState().getByteCount() / limit : 0;
		ZonedDateTime oldest = (lag > 0) ? stored(management, stream, reached + 1, durable) : null;
		return new StreamPosition(lag, pending, oldest, filling, lost);
	}

	private static @Nullable ZonedDateTime stored(JetStreamManagement management, String stream, long sequence,
			Durable durable) throws IOException {
		try {
			return management.getNextMessage(stream, sequence, durable.filter()).getTime();
		}
		catch (JetStreamApiException ex) {
			// Settled, or discarded, in between.
			return null;
		}
	}

	/**
	 * The age of the oldest message that is not exported.
	 * @param held when the oldest message was stored that this bridge holds, if it holds
	 * any
	 */
	Duration age(@Nullable ZonedDateTime held, ZonedDateTime now) {
		ZonedDateTime first = (held == null || (this.oldest != null && this.oldest.isBefore(held))) ? this.oldest
				: held;
		if (first == null || first.isAfter(now)) {
			return Duration.ZERO;
		}
		return Duration.between(first, now);
	}

}
