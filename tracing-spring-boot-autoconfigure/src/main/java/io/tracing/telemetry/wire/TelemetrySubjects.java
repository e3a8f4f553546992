// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import org.jspecify.annotations.Nullable;

/**
 * The subjects of telemetry. What an application names itself, its runs and its metrics
 * is not fit for a subject as it is: a dot adds a token that no reader expects, and a
 * space in a subject costs the connection. So each token is cleaned; the record keeps the
 * name as it was.
 */
public final class TelemetrySubjects {

	/** The filter that all the subjects match. */
	public static final String ALL = "telemetry.>";

	private static final String NO_RUN = "no-run";

	private static final String RUN_ID = "run_id";

	private static final int MAX_TOKEN = 128;

	private static final String NAMELESS = "unknown";

	private TelemetrySubjects() {
	}

	/**
	 * The subject of a span record, {@code telemetry.spans.{service}.{run id}}.
	 * @param record the record; its attribute {@code run_id} is the run's
	 * @return the subject
	 */
	public static String of(SpanRecord record) {
		Object run = record.attributes().get(RUN_ID);
		return of(Signal.SPANS, record.service()) + '.'
				+ ((run instanceof String text && !text.isEmpty()) ? token(text) : NO_RUN);
	}

	/**
	 * The subject of a log record, {@code telemetry.logs.{service}.{level}}.
	 * @param record the record
	 * @return the subject
	 */
	public static String of(LogRecord record) {
		return of(Signal.LOGS, record.service()) + '.' + token(RecordWriter.level(record));
	}

	/**
	 * The subject of a metric record, {@code telemetry.metrics.{service}.{name}}. The
	 * dots of the name stay: it is several tokens.
	 * @param record the record
	 * @return the subject
	 */
	public static String of(MetricRecord record) {
		return of(Signal.METRICS, record.service()) + '.' + tokens(record.name());
	}

	/**
	 * The subject of an encoded export request, {@code telemetry.{signal}.{service}}.
	 * @param signal the signal
	 * @param service the name of the service that exports
	 * @return the subject
	 */
	public static String of(Signal signal, String service) {
		return signal.subjectPrefix() + token(service);
	}

	/**
	 * Return the service that a subject names.
	 * @param subject a subject of telemetry
	 * @return the third token, or {@code null} if there is none
	 */
	public static @Nullable String service(String subject) {
		int first = subject.indexOf('.');
		int second = subject.indexOf('.', first + 1);
		if (first < 0 || second < 0) {
			return null;
		}
		int third = subject.indexOf('.', second + 1);
		String service = subject.substring(second + 1, (third < 0) ? subject.length() : third);
		return service.isEmpty() ? null : service;
	}

	private static String token(String text) {
		StringBuilder token = new StringBuilder(Math.min(text.length(), MAX_TOKEN));
		for (int i = 0; i < text.length() && token.length() < MAX_TOKEN; i++) {
			char c = text.charAt(i);
			token.append(isPlain(c) ? c : '_');
		}
		return token.isEmpty() ? NAMELESS : token.toString();
	}

	private static String tokens(String name) {
		StringBuilder tokens = new StringBuilder(name.length());
		for (int i = 0; i < name.length() && tokens.length() < MAX_TOKEN; i++) {
			char c = name.charAt(i);
			if (c != '.') {
				tokens.append(isSafe(c) ? c : '_');
			}
			else if (!tokens.isEmpty() && tokens.charAt(tokens.length() - 1) != '.') {
				tokens.append('.');
			}
		}
		int length = tokens.length();
		if (length > 0 && tokens.charAt(length - 1) == '.') {
			tokens.setLength(length - 1);
		}
		return tokens.isEmpty() ? NAMELESS : tokens.toString();
	}

	private static boolean isPlain(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
	}

	/**
	 * ASCII, since a client that is not told otherwise sends no more of a char than its
	 * lower byte, and that of some letters is a line feed, which ends the command.
	 */
	private static boolean isSafe(char c) {
		return c > ' ' && c < 0x7f && c != '*' && c != '>';
	}

}
