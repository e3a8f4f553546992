// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which subjects of a stream take in which others.
 */
class TelemetryStreamTests {

	@ParameterizedTest
	@CsvSource({ "telemetry.>, telemetry.spans.>", ">, telemetry.spans.>", "telemetry.spans.>, telemetry.spans.>",
			"*.spans.>, telemetry.spans.>", "telemetry.*.>, telemetry.spans.>", "*.>, telemetry.spans.>" })
	void patternTakesAllOfAnother(String pattern, String other) {
		assertThat(TelemetryStream.covers(pattern, other)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "telemetry, telemetry.spans.>", "telemetry.spans, telemetry.spans.>",
			"telemetry.spans.*, telemetry.spans.>", "telemetry.logs.>, telemetry.spans.>",
			"telemetry.spans.*.>, telemetry.spans.>", "telemetry.spans.orders, telemetry.spans.>",
			"orders.>, telemetry.spans.>" })
	void patternTakesSomeOfAnotherOrNothing(String pattern, String other) {
		assertThat(TelemetryStream.covers(pattern, other)).isFalse();
	}

}
