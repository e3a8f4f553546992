// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Times of RFC 3339, as nanoseconds since 1970. The year 1 is how the producers' language
 * spells "not set": that is zero here, as it is in OTLP.
 */
final class Timestamps {

	private static final long NANOS_PER_SECOND = 1_000_000_000L;

	private static final int SECONDS_PER_DAY = 86_400;

	private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND - 1;

	// 2026-04-05T12:00:00
	private static final int WITHOUT_FRACTION = 19;

	private static final int OFFSET_LENGTH = 6;

	private static final int NANO_DIGITS = 9;

	private Timestamps() {
	}

	static long parse(String name, String text) throws MalformedRecordException {
		int length = text.length();
		if (length <= WITHOUT_FRACTION || text.charAt(4) != '-' || text.charAt(7) != '-' || text.charAt(10) != 'T'
				|| text.charAt(13) != ':' || text.charAt(16) != ':') {
			throw malformed(name);
		}
		int year = digits(name, text, 0, 2) * 100 + digits(name, text, 2, 2);
		int second = secondOfDay(name, text, 11) + digits(name, text, 17, 2);
		if (digits(name, text, 17, 2) > 59) {
			throw malformed(name);
		}
		int zone = endOfFraction(name, text);
		int nanos = nanos(text, zone);
		long offset = offset(name, text, zone);
		long day = epochDay(name, year, digits(name, text, 5, 2), digits(name, text, 8, 2));
		if (year == 1) {
			return 0;
		}
		long seconds = day * SECONDS_PER_DAY + second - offset;
		if (seconds < 0 || seconds > MAX_SECONDS) {
			throw new MalformedRecordException("'" + name + "' must be between the years 1970 and 2262");
		}
		return seconds * NANOS_PER_SECOND + nanos;
	}

	static String format(long epochNanos) {
		LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(epochNanos, NANOS_PER_SECOND),
				(int) Math.floorMod(epochNanos, NANOS_PER_SECOND), ZoneOffset.UTC);
		StringBuilder text = new StringBuilder("2026-04-05T12:00:00.123456789Z".length());
		pad(text, time.getYear(), 4).append('-');
		pad(text, time.getMonthValue(), 2).append('-');
		pad(text, time.getDayOfMonth(), 2).append('T');
		pad(text, time.getHour(), 2).append(':');
		pad(text, time.getMinute(), 2).append(':');
		pad(text, time.getSecond(), 2);
		if (time.getNano() != 0) {
			pad(text.append('.'), time.getNano(), NANO_DIGITS);
			int end = text.length();
			while (text.charAt(end - 1) == '0') {
				end--;
			}
			text.setLength(end);
		}
		return text.append('Z').toString();
	}

	private static StringBuilder pad(StringBuilder text, int number, int width) {
		int power = (int) Math.pow(10, width - 1);
		for (; power > 0; power /= 10) {
			text.append((char) ('0' + number / power % 10));
		}
		return text;
	}

	private static int secondOfDay(String name, String text, int from) throws MalformedRecordException {
		int hour = digits(name, text, from, 2);
		int minute = digits(name, text, from + 3, 2);
		if (hour > 23 || minute > 59) {
			throw malformed(name);
		}
		return hour * 3600 + minute * 60;
	}

	private static int endOfFraction(String name, String text) throws MalformedRecordException {
		int end = WITHOUT_FRACTION;
		if (text.charAt(end) == '.') {
			do {
				end++;
			}
			while (end < text.length() && isDigit(text.charAt(end)));
			if (end == WITHOUT_FRACTION + 1 || end == text.length()) {
				throw malformed(name);
			}
		}
		return end;
	}

	private static int nanos(String text, int end) {
		int nanos = 0;
		for (int i = WITHOUT_FRACTION + 1; i <= WITHOUT_FRACTION + NANO_DIGITS; i++) {
			nanos = nanos * 10 + ((i < end) ? text.charAt(i) - '0' : 0);
		}
		return nanos;
	}

	private static long offset(String name, String text, int zone) throws MalformedRecordException {
		char sign = text.charAt(zone);
		if (sign == 'Z' && zone + 1 == text.length()) {
			return 0;
		}
		if ((sign != '+' && sign != '-') || zone + OFFSET_LENGTH != text.length() || text.charAt(zone + 3) != ':') {
			throw malformed(name);
		}
		int seconds = secondOfDay(name, text, zone + 1);
		return (sign == '+') ? seconds : -seconds;
	}

	private static long epochDay(String name, int year, int month, int day) throws MalformedRecordException {
		try {
			return LocalDate.of(year, month, day).toEpochDay();
		}
		catch (DateTimeException ex) {
			throw malformed(name);
		}
	}

	private static int digits(String name, String text, int from, int count) throws MalformedRecordException {
		int number = 0;
		for (int i = from; i < from + count; i++) {
			char c = text.charAt(i);
			if (!isDigit(c)) {
				throw malformed(name);
			}
			number = number * 10 + c - '0';
		}
		return number;
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	private static MalformedRecordException malformed(String name) {
		return new MalformedRecordException(
				"'" + name + "' must be a time of RFC 3339, such as 2026-04-05T12:00:00.123456789Z");
	}

}
