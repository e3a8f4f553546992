// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.trace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Text that is expected as a whole, in a file in {@code src/test/resources}. What came
 * out instead is in {@code target/golden}: if the change is meant, copy it.
 */
public final class GoldenFile {

	private GoldenFile() {
	}

	public static void assertSame(String name, String actual) {
		try {
			Path written = Path.of("target", "golden", name);
			Files.createDirectories(written.getParent());
			Files.writeString(written, actual);
			assertThat(actual).as("compared with src/test/resources/%s", name).isEqualTo(expected(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String expected(String name) throws IOException {
		try (InputStream file = GoldenFile.class.getResourceAsStream("/" + name)) {
			return (file != null) ? new String(file.readAllBytes(), StandardCharsets.UTF_8) : "";
		}
	}

}
