// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Set;

import io.tracing.telemetry.wire.Signal;

/**
 * Settings with the defaults, apart from what a test is about.
 */
final class Settings {

	private Settings() {
	}

	static BridgeSettings with(Duration firstBackoff, Duration maxBackoff, Duration pause) {
		return new BridgeSettings("http://localhost:4318", "TELEMETRY", "otlp-bridge", Set.of(Signal.values()), true,
				100, 8 * 1024 * 1024, Duration.ofSeconds(5), 4, Duration.ofSeconds(5), Duration.ofSeconds(30), 4,
				firstBackoff, maxBackoff, pause, "dagnats", "TELEMETRY_DLQ", Duration.ofDays(7), 1L << 30);
	}

	static BridgeSettings defaults() {
		return with(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1));
	}

}
