// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Times of RFC 3339, read and written.
 */
class TimestampsTests {

	@ParameterizedTest
	@CsvSource({ "1970-01-01T00:00:00Z,0", "2026-04-05T12:00:00Z,1775390400000000000",
			"2026-04-05T12:00:00.12Z,1775390400120000000", "2026-04-05T12:00:00.123456789Z,1775390400123456789",
			"2026-04-05T12:00:00.1234567899Z,1775390400123456789", "2026-04-05T14:00:00+02:00,1775390400000000000",
			"2026-04-05T06:30:00-05:30,1775390400000000000", "1970-01-01T00:00:00.000000001Z,1",
			"2024-02-29T23:59:59.999999999Z,1709251199999999999" })
	void timeIsRead(String text, long epochNanos) throws MalformedRecordException {
		assertThat(Timestamps.parse("t", text)).isEqualTo(epochNanos);
	}

	@Test
	void yearOneIsNotSet() throws MalformedRecordException {
		assertThat(Timestamps.parse("t", "0001-01-01T00:00:00Z")).isZero();
		assertThat(Timestamps.parse("t", "0001-01-01T05:00:00+05:00")).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "t", "2026-04-05", "2026-04-05 12:00:00Z", "2026-04-05T12:00:00", "2026-04-05T12:00:00.Z",
			"2026-04-05T12:00:00.5", "2026-04-05T12:00:60Z", "2026-04-05T24:00:00Z", "2026-04-05T12:60:00Z",
			"2026-02-29T12:00:00Z", "2026-13-05T12:00:00Z", "2026-00-05T12:00:00Z", "2026-04-05T12:00:00Zx",
			"2026-04-05T12:00:00+0200", "2026-04-05T12:00:00+24:00", "2026-04-05T12:00:00z", "+026-04-05T12:00:00Z",
			"1969-12-31T23:59:59Z", "2263-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00",
			"2026-04-05T12:00:0\u0661Z" })
	void otherTextIsMalformed(String text) {
		assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> Timestamps.parse("t", text))
			.withMessageContaining("'t' must be");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1970-01-01T00:00:00Z", "2026-01-02T03:04:05Z", "2026-04-05T12:00:00.12Z",
			"2026-04-05T12:00:00.000000001Z", "2026-04-05T12:00:00.1002003Z", "2262-04-11T23:47:15.854775807Z" })
	void timeIsWrittenWithoutTrailingZeros(String text) throws MalformedRecordException {
		assertThat(Timestamps.format(Timestamps.parse("t", text))).isEqualTo(text);
	}

	@Test
	void everyDayIsTheOneThatTheJdkSays() throws MalformedRecordException {
		for (long day = 0; day < 100_000; day++) {
			Instant instant = Instant.ofEpochSecond(day * 86_400 + day % 86_400, day * 9_999);
			String text = instant.toString();
			long nanos = instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
			assertThat(Timestamps.parse("t", text)).as(text).isEqualTo(nanos);
			assertThat(Instant.parse(Timestamps.format(nanos))).isEqualTo(instant);
		}
	}

}
