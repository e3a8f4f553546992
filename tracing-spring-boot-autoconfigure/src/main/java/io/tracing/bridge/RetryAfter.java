// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How long a backend wants to be left alone, in either form of the header: seconds or a
 * date.
 */
final class RetryAfter {

	/**
	 * The longest wait. Longer ones come from clocks that are wrong and from typing
	 * errors, and to ask a backend every five minutes costs it nothing.
	 */
	static final Duration LIMIT = Duration.ofMinutes(5);

	private static final Pattern SECONDS = Pattern.compile("\\d+");

	// What has more digits is beyond the limit, and perhaps no number for Java.
	private static final int MAX_DIGITS = 9;

	private RetryAfter() {
	}

	/**
	 * Read the header.
	 * @param headers the headers of the answer
	 * @param now the time, used if the answer has no date of its own
	 * @return the wait, or {@code null} if the header is missing or says nothing
	 */
	static @Nullable Duration of(HttpHeaders headers, Instant now) {
		String value = headers.firstValue("Retry-After").map(String::trim).orElse("");
		if (SECONDS.matcher(value).matches()) {
			return (value.length() <= MAX_DIGITS) ? limited(Duration.ofSeconds(Long.parseLong(value))) : LIMIT;
		}
		Instant date = date(value);
		if (date == null) {
			return null;
		}
		// Both dates are of the backend's clock then, and ours does not matter.
		Instant sent = headers.firstValue("Date").map(RetryAfter::date).orElse(null);
		return limited(Duration.between((sent != null) ? sent : now, date));
	}

	private static Duration limited(Duration wait) {
		if (wait.isNegative()) {
			return Duration.ZERO;
		}
		return (wait.compareTo(LIMIT) > 0) ? LIMIT : wait;
	}

	private static @Nullable Instant date(String value) {
		try {
			return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

}
