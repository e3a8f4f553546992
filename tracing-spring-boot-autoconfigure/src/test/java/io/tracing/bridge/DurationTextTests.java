// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DurationTextTests {

	@ParameterizedTest
	@CsvSource({ "PT0S,0s", "PT0.4S,400ms", "PT1.5S,1500ms", "PT1S,1s", "PT90S,90s", "PT1M,1m", "PT90M,90m", "PT1H,1h",
			"PT24H,1d", "P7D,7d", "PT-1S,-1s", "PT-0.5S,-500ms", "PT0.000000001S,1ns" })
	void durationIsWrittenAsInProperties(Duration duration, String text) {
		assertThat(DurationText.of(duration)).isEqualTo(text);
	}

}
