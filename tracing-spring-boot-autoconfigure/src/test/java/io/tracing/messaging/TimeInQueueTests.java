// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a message waited.
 */
class TimeInQueueTests {

	@Test
	void timeIsInSeconds() {
		assertThat(TimeInQueue.between(1_000, 3_500, TimeInQueue.Source.BROKER))
			.isEqualTo(new TimeInQueue(2.5, TimeInQueue.Source.BROKER, false));
	}

	@Test
	void futureTimestampIsZeroAndCountedAsSkew() {
		assertThat(TimeInQueue.between(3_500, 1_000, TimeInQueue.Source.PRODUCER))
			.isEqualTo(new TimeInQueue(0, TimeInQueue.Source.PRODUCER, true));
	}

	@Test
	void sameMomentIsNoSkew() {
		assertThat(TimeInQueue.between(1_000, 1_000, TimeInQueue.Source.BROKER).clockSkew()).isFalse();
	}

	@Test
	void sourcesHaveTheirNames() {
		assertThat(TimeInQueue.Source.values()).extracting(TimeInQueue.Source::value)
			.containsExactly("broker", "producer");
	}

}
