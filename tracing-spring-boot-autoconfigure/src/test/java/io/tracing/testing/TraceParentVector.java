// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A header as strangers may send it, and what is to become of it.
 *
 * @param id the name of the vector
 * @param traceparent the header, empty for none
 * @param tracestate the other header, empty for none
 * @param expected what the specification asks for
 * @param sampled whether the sampled flag is set, where the header is accepted
 * @param random whether the random flag is set, where the header is accepted
 */
public record TraceParentVector(String id, String traceparent, String tracestate, Expected expected, boolean sampled,
		boolean random) {

	/** The trace id of most of the vectors. */
	public static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

	/** The span id of most of the vectors. */
	public static final String SPAN_ID = "00f067aa0ba902b7";

	/** A valid header. */
	public static final String VALID = "00-" + TRACE_ID + "-" + SPAN_ID + "-01";

	private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

	/**
	 * What is to become of a header.
	 */
	public enum Expected {

		/** The trace goes on. */
		ACCEPT,

		/** A new trace starts. */
		REJECT,

		/** The specification leaves it open. */
		EITHER

	}

	/**
	 * Read all vectors.
	 * @return the vectors
	 */
	public static List<TraceParentVector> all() {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(
				Objects.requireNonNull(TraceParentVector.class.getResourceAsStream("/traceparent.tsv")),
				StandardCharsets.UTF_8))) {
			return reader.lines().skip(1).map((line) -> parse(line.split("\t", -1))).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static TraceParentVector parse(String[] columns) {
		return new TraceParentVector(columns[0], unescape(columns[2]), unescape(columns[3]),
				Expected.valueOf(columns[4]), columns[5].equals("1"), columns[6].equals("1"));
	}

	private static String unescape(String text) {
		return ESCAPE.matcher(text.replace("\\t", "\t")).replaceAll(TraceParentVector::character);
	}

	private static String character(MatchResult escape) {
		return Character.toString(Integer.parseInt(escape.group(1), 16));
	}

	@Override
	public String toString() {
		return this.id;
	}

}
