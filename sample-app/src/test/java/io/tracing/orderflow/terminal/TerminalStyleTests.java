// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TerminalStyleTests {

	@Test
	void colourNeedsATerminalThatWantsIt() {
		assertThat(style(Map.of("TERM", "xterm"), "UTF-8", true).colour()).isTrue();
		assertThat(style(Map.of("TERM", "xterm"), "UTF-8", false).colour()).isFalse();
		assertThat(style(Map.of("TERM", "dumb"), "UTF-8", true).colour()).isFalse();
		assertThat(style(Map.of("NO_COLOR", "1"), "UTF-8", true).colour()).isFalse();
	}

	@Test
	void widthComesFromTheEnvironment() {
		assertThat(style(Map.of("COLUMNS", "150"), "UTF-8", true).width()).isEqualTo(150);
		assertThat(style(Map.of("COLUMNS", "wide"), "UTF-8", true).width()).isEqualTo(120);
		assertThat(style(Map.of("COLUMNS", "5"), "UTF-8", true).width()).isEqualTo(60);
		assertThat(style(Map.of(), "UTF-8", true).width()).isEqualTo(120);
	}

	@Test
	void charsetThatCannotEncodeThePictureGetsAscii() {
		assertThat(style(Map.of(), "UTF-8", true).glyphs()).isEqualTo(Glyphs.UNICODE);
		assertThat(style(Map.of(), "US-ASCII", true).glyphs()).isEqualTo(Glyphs.ASCII);
		assertThat(style(Map.of(), "ISO-8859-1", true).glyphs()).isEqualTo(Glyphs.ASCII);
	}

	private static TerminalStyle style(Map<String, String> environment, String encoding, boolean terminal) {
		Properties system = new Properties();
		system.setProperty("stdout.encoding", encoding);
		return TerminalStyle.of(environment, system, terminal);
	}

}
