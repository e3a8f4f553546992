// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamPositionTests {

	private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 4, 5, 12, 0, 0, 0, ZoneOffset.UTC);

	private final BridgeLog log = new BridgeLog();

	private final StorageGuard guard = new StorageGuard("TELEMETRY");

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void ageIsThatOfTheOldestHeldOrNotFetched() {
		assertThat(age(null, null)).isZero();
		assertThat(age(NOW.minusSeconds(5), null)).hasSeconds(5);
		assertThat(age(null, NOW.minusSeconds(7))).hasSeconds(7);
		assertThat(age(NOW.minusSeconds(5), NOW.minusSeconds(7))).hasSeconds(7);
		assertThat(age(NOW.minusSeconds(9), NOW.minusSeconds(7))).hasSeconds(9);
	}

	@Test
	void clockOfTheServerMayBeAhead() {
		assertThat(age(NOW.plusSeconds(5), null)).isZero();
	}

	private static Duration age(@Nullable ZonedDateTime notFetched, @Nullable ZonedDateTime held) {
		return new StreamPosition(1, 1, notFetched, 0, 0).age(held, NOW);
	}

	@Test
	void fullStreamIsWarnedOfOnceAndItsEndIsLogged() {
		look(10, 0.79, 0);
		assertThat(this.log.messages()).isEmpty();
		look(10, 0.8, 0);
		look(10, 0.79, 0);
		look(20, 0.99, 0);
		assertThat(this.log.messages()).containsExactly(
				"Stream 'TELEMETRY' is 80 % full and 10 messages wait for the bridge: the oldest will be discarded.");
		look(20, 0.6, 0);
		look(20, 0.6, 0);
		assertThat(this.log.messages()).hasSize(2)
			.last()
			.isEqualTo("Nothing waits for the bridge in stream 'TELEMETRY' that would be discarded.");
	}

	@Test
	void fullStreamThatIsDrainedIsAsItShouldBe() {
		look(0, 1, 0);
		assertThat(this.log.messages()).isEmpty();
	}

	@Test
	void lostMessagesAreReportedFromTimeToTime() {
		look(10, 0.5, 3);
		look(10, 0.5, 4);
		look(10, 0.5, 500);
		assertThat(this.log.problems()).singleElement()
			.asString()
			.startsWith("Stream 'TELEMETRY' has discarded up to 3 messages that the bridge had not fetched yet.");
	}

	private void look(long lag, double filling, long lost) {
		this.guard.look(new StreamPosition(lag, 0, null, filling, lost));
	}

}
