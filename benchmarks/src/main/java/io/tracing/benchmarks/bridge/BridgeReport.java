// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.util.List;

import io.tracing.telemetry.TelemetryFormat;

/**
 * Measures the path of telemetry over NATS, and prints it as Markdown tables, of which
 * the README quotes.
 */
public final class BridgeReport {

	/** What the bridge fetches and sends together by default. */
	private static final int DEFAULT_BATCH = 100;

	private static final int LARGE_BATCH = 500;

	private BridgeReport() {
	}

	/**
	 * Measure and print.
	 * @param turns how often each thing is measured
	 * @throws Exception if the bridge is not through in time, or something got lost
	 */
	public static void run(int turns) throws Exception {
		String drains = new DrainMeasurement(TelemetryFormat.OTLP, 1, 1200).run(turns, List.of(DEFAULT_BATCH))
				+ new DrainMeasurement(TelemetryFormat.DAGNATS, StreamFiller.BATCH, 600).run(turns,
						List.of(DEFAULT_BATCH, LARGE_BATCH));
		String exports = new ExportMeasurement(TelemetryFormat.OTLP).run(turns)
				+ new ExportMeasurement(TelemetryFormat.DAGNATS).run(turns);
		System.out.printf("%n### From the stream to a backend%n%n%s%s", DrainMeasurement.HEAD, drains);
		System.out.printf("%n### From an application to the stream%n%n%s%s", ExportMeasurement.HEAD, exports);
	}

}
