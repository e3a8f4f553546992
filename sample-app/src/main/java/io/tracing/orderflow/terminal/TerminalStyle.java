// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.io.Console;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What a terminal can show.
 *
 * @param width the number of columns
 * @param glyphs the characters to draw with
 * @param colour whether to add colour
 */
public record TerminalStyle(int width, Glyphs glyphs, boolean colour) {

	private static final int DEFAULT_WIDTH = 120;

	private static final int MINIMUM_WIDTH = 60;

	/**
	 * The style of this process' standard output.
	 * @return the style
	 */
	public static TerminalStyle detect() {
		return of(System.getenv(), System.getProperties(), isTerminal());
	}

	static TerminalStyle of(Map<String, String> environment, Properties system, boolean terminal) {
		boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty()
				&& !"dumb".equals(environment.get("TERM"));
		return new TerminalStyle(width(environment.get("COLUMNS")), glyphs(charset(system)), colour);
	}

	/**
	 * From Java 22 on there is a console even if the output goes to a file; it has then a
	 * method that tells.
	 */
	private static boolean isTerminal() {
		Console console = System.console();
		if (console == null) {
			return false;
		}
		try {
			return (boolean) Console.class.getMethod("isTerminal").invoke(console);
		}
		catch (ReflectiveOperationException ex) {
			return true;
		}
	}

	private static int width(@Nullable String columns) {
		if (columns == null || !columns.matches("\\d{1,4}")) {
			return DEFAULT_WIDTH;
		}
		return Math.max(MINIMUM_WIDTH, Integer.parseInt(columns));
	}

	/**
	 * Since Java 18 the default charset says nothing about the terminal, and before 19
	 * its charset is in a property without a contract.
	 */
	private static Charset charset(Properties system) {
		return Stream.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")
			.map(system::getProperty)
			.filter((name) -> name != null && !name.isEmpty())
			.findFirst()
			.map(TerminalStyle::charset)
			.orElseGet(Charset::defaultCharset);
	}

	private static Charset charset(String name) {
		try {
			return Charset.forName(name);
		}
		catch (IllegalCharsetNameException | UnsupportedCharsetException ex) {
			return Charset.defaultCharset();
		}
	}

	private static Glyphs glyphs(Charset charset) {
		boolean encodable = charset.canEncode() && charset.newEncoder().canEncode(Glyphs.UNICODE.sample());
		return encodable ? Glyphs.UNICODE : Glyphs.ASCII;
	}

}
