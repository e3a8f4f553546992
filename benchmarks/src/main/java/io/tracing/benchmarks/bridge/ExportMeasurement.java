// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.tracing.telemetry.TelemetryFormat;

/**
 * Ends spans at a steady rate in an application that exports them to the stream, and sees
 * what the exporter can do at most, beside what publishing alone can.
 */
final class ExportMeasurement {

	static final String HEAD = "| format | queue | spans/s ended | of them dropped | cores of the application | most spans/s"
			+ " | messages/s, beside bare publishing |\n|---|---|---|---|---|---|---|\n";

	/** The default of the SDK's processor, which is a fiftieth of a second, and more. */
	private static final int[] QUEUES = { 2048, 32768 };

	private static final int SECONDS = 3;

	private final TelemetryFormat format;

	private final int rate;

	private final int batches;

	private final int bytesOfMessage;

	private final int spansOfMessage;

	/**
	 * Create a new instance.
	 * @param format what a message looks like
	 */
	ExportMeasurement(TelemetryFormat format) {
		this.format = format;
		boolean joined = format == TelemetryFormat.OTLP;
		this.rate = joined ? 100_000 : 15_000;
		this.batches = joined ? 1_000 : 100;
		this.bytesOfMessage = joined ? 190_000 : 600;
		this.spansOfMessage = joined ? StreamFiller.BATCH : 1;
	}

	/**
	 * Measure.
	 * @param turns how often, after one to warm up
	 * @return the rows of the table
	 */
	String run(int turns) throws IOException {
		StringBuilder rows = new StringBuilder();
		for (int queue : QUEUES) {
			try (MeasuredServer server = MeasuredServer.start();
					ChildProcess application = ChildProcess.start(ExportProcess.class, server.process().url())) {
				List<Turn> measured = new ArrayList<>();
				for (int turn = 0; turn <= turns; turn++) {
					Turn one = turn(application, queue);
					System.out.printf("%s, queue %d, turn %d: %s%n", this.format, queue, turn, one);
					if (turn > 0) {
						measured.add(one);
					}
				}
				rows.append(row(queue, measured));
			}
		}
		return rows.toString();
	}

	private Turn turn(ChildProcess application, int queue) throws IOException {
		String[] steady = application.ask("steady %s %d %d %d".formatted(this.format, queue, this.rate, SECONDS))
			.split(" ");
		String most = application.ask("most %s %d".formatted(this.format, this.batches));
		String bare = application
			.ask("bare %d %d".formatted(this.bytesOfMessage, this.batches * StreamFiller.BATCH / this.spansOfMessage));
		return new Turn(Double.parseDouble(steady[0]), Long.parseLong(steady[1]), Double.parseDouble(steady[2]),
				Double.parseDouble(most), Double.parseDouble(bare));
	}

	private String row(int queue, List<Turn> turns) {
		double most = Median.of(turns, Turn::most);
		double bare = Median.of(turns, Turn::bare);
		return String.format(Locale.ROOT, "| `%s` | %d | %,.0f | %,.0f | %.2f | %,.0f | %,.0f, %.0f %% of %,.0f |%n",
				this.format.name().toLowerCase(Locale.ROOT), queue, Median.of(turns, Turn::perSecond),
				Median.of(turns, Turn::dropped), Median.of(turns, Turn::cores), most, most / this.spansOfMessage,
				100 * most / this.spansOfMessage / bare, bare);
	}

	private record Turn(double perSecond, double dropped, double cores, double most, double bare) {
	}

}
