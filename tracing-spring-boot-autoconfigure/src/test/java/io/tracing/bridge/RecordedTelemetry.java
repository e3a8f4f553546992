// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of {@code dagnats-records.txt}, as the encoders of released DagNats
 * versions write them.
 */
final class RecordedTelemetry {

	/** Metrics, in the order of the file. */
	static final List<String> METRICS = texts().stream().filter((json) -> json.contains("\"data\"")).toList();

	/** Spans, in the order of the file. */
	static final List<String> SPANS = texts().stream().filter((json) -> json.contains("\"traceId\"")).toList();

	private RecordedTelemetry() {
	}

	private static List<String> texts() {
		List<String> texts = new ArrayList<>();
		StringBuilder text = new StringBuilder();
		for (String line : file().split("\n")) {
			boolean title = line.startsWith("### ") || line.startsWith("hex ");
			if (!title) {
				text.append(line).append('\n');
			}
			if ((title || line.equals("}") || line.endsWith("}}")) && !text.toString().isBlank()) {
				texts.add(text.toString());
				text.setLength(0);
			}
		}
		return texts;
	}

	private static String file() {
		try (InputStream file = RecordedTelemetry.class.getResourceAsStream("/dagnats-records.txt")) {
			return new String(file.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
