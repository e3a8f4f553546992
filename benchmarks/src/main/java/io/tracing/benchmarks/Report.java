// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures every variant and prints what each adds to a message.
 * <p>
 * JMH runs all forks of one variant in a row, so that a noisy minute falls on that
 * variant alone. Here each round has one fork of each variant, and the table shows the
 * median of the rounds.
 */
public final class Report {

	private static final Map<String, String> BENCHMARKS = benchmarks();

	private final Effort effort;

	private Report(Effort effort) {
		this.effort = effort;
	}

	/**
	 * Run the benchmarks.
	 * @param arguments {@code --quick} for a first impression, else nothing
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] arguments) throws RunnerException {
		new Report(Effort.of(arguments)).run();
	}

	private void run() throws RunnerException {
		Map<String, CostTable> tables = new LinkedHashMap<>();
		for (int round = 1; round <= this.effort.rounds(); round++) {
			for (String benchmark : BENCHMARKS.keySet()) {
				CostTable table = tables.computeIfAbsent(benchmark, (key) -> new CostTable());
				for (Variant variant : order(round)) {
					Cost cost = measure(benchmark, variant);
					table.add(variant, cost);
					System.out.printf("round %d of %d, %s: %-20s %,8.0f ns %,8.0f B%n", round, this.effort.rounds(),
							BENCHMARKS.get(benchmark), variant.id(), cost.nanoseconds(), cost.bytes());
				}
			}
		}
		tables.forEach((benchmark, table) -> System.out.printf("%n### %s%n%n%s", BENCHMARKS.get(benchmark),
				table.toMarkdown()));
	}

	/**
	 * Another one first in each round: a machine that grows slower is unfair to none.
	 */
	private static List<Variant> order(int round) {
		List<Variant> variants = new ArrayList<>(List.of(Variant.values()));
		Collections.rotate(variants, round - 1);
		return variants;
	}

	private Cost measure(String benchmark, Variant variant) throws RunnerException {
		Options options = new OptionsBuilder().include(benchmark)
			.param("tracing", variant.id())
			.forks(1)
			.jvmArgs("-Xms1g", "-Xmx1g")
			.warmupIterations(this.effort.warmups())
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(this.effort.measurements())
			.measurementTime(TimeValue.seconds(1))
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT)
			.build();
		RunResult result = new Runner(options).runSingle();
		return new Cost(result.getPrimaryResult().getScore(),
				result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
	}

	private static Map<String, String> benchmarks() {
		Map<String, String> benchmarks = new LinkedHashMap<>();
		benchmarks.put("SendBenchmark.send$", "Send");
		benchmarks.put("SendBenchmark.sendInSpan$", "Send within a span");
		benchmarks.put("ProcessBenchmark.process$", "Processed record");
		return benchmarks;
	}

	private record Effort(int rounds, int warmups, int measurements) {

		static Effort of(String[] arguments) {
			return switch (String.join(" ", arguments)) {
				case "" -> new Effort(5, 4, 3);
				case "--quick" -> new Effort(1, 3, 2);
				default -> throw new IllegalArgumentException(
						"Unknown arguments '" + String.join(" ", arguments) + "': give none, or --quick");
			};
		}

	}

}
