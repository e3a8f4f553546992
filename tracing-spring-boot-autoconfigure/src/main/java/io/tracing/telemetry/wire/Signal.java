// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A kind of telemetry. Its name is the second token of the subjects that carry it.
 */
public enum Signal {

	/** Spans. */
	SPANS,

	/** Log records. */
	LOGS,

	/** Metrics. */
	METRICS;

	private final String text = name().toLowerCase(Locale.ROOT);

	private final String prefix = "telemetry." + this.text + ".";

	/**
	 * Return the signal of a subject.
	 * @param subject the subject of a message, such as {@code telemetry.spans.orders}
	 * @return the signal, or {@code null} if the subject has none of the known prefixes
	 */
	public static @Nullable Signal ofSubject(String subject) {
		for (Signal signal : values()) {
			if (subject.startsWith(signal.prefix)) {
				return signal;
			}
		}
		return null;
	}

	/**
	 * Return the name as it is written in subjects, metrics and reports.
	 * @return the name in lower case, such as {@code spans}
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Return what the subjects of this signal begin with.
	 * @return the prefix, such as {@code telemetry.spans.}
	 */
	public String subjectPrefix() {
		return this.prefix;
	}

}
