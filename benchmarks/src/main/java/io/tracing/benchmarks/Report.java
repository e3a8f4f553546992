// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
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
 * variant alone. Here each round has one fork of each variant.
 */
public final class Report {

	private static final List<Section> SECTIONS = List.of(new Section("Send", "SendBenchmark.send", true),
			new Section("Send within a span", "SendBenchmark.sendInSpan", false),
			new Section("Processed record", "ProcessBenchmark.process", true),
			new Section("Processed record of a batch", "BatchBenchmark.process", true));

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
		Map<Section, CostTable> tables = new LinkedHashMap<>();
		for (int round = 1; round <= this.effort.rounds; round++) {
			for (Section section : SECTIONS) {
				CostTable table = tables.computeIfAbsent(section, (key) -> new CostTable());
				for (Variant variant : order(round)) {
					// One round shows what a side aspect costs; what is compared gets
					// them all.
					if (round == 1 || (section.compared && variant.compared())) {
						List<Cost> costs = measure(section, variant);
						table.add(variant, costs);
						progress(round, section, variant, Cost.typical(costs));
					}
				}
			}
		}
		tables.forEach((section, table) -> System.out.printf("%n### %s%n%n%s", section.title, table.toMarkdown()));
	}

	private void progress(int round, Section section, Variant variant, Cost cost) {
		System.out.printf("round %d of %d, %s, %s: %,.0f ns, %,.0f B%n", round, this.effort.rounds, section.title,
				variant.id(), cost.nanoseconds(), cost.bytes());
	}

	/**
	 * Another one first in each round: a machine that grows slower is unfair to none.
	 */
	private static List<Variant> order(int round) {
		List<Variant> variants = new ArrayList<>(List.of(Variant.values()));
		Collections.rotate(variants, round - 1);
		return variants;
	}

	/**
	 * Run one fork.
	 * @return the cost in each of its iterations
	 */
	private List<Cost> measure(Section section, Variant variant) throws RunnerException {
		Options options = new OptionsBuilder().include(section.benchmark + "$")
			.param("tracing", variant.id())
			.forks(1)
			.jvmArgs("-Xms1g", "-Xmx1g")
			.warmupIterations(this.effort.warmups)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(this.effort.measurements)
			.measurementTime(TimeValue.milliseconds(300))
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT)
			.build();
		return new Runner(options).runSingle()
			.getBenchmarkResults()
			.stream()
			.flatMap((fork) -> fork.getIterationResults().stream())
			.map(Report::cost)
			.toList();
	}

	private static Cost cost(IterationResult iteration) {
		return new Cost(iteration.getPrimaryResult().getScore(),
				iteration.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
	}

	private record Section(String title, String benchmark, boolean compared) {
	}

	private record Effort(int rounds, int warmups, int measurements) {

		static Effort of(String[] arguments) {
			return switch (String.join(" ", arguments)) {
				case "" -> new Effort(4, 5, 8);
				case "--quick" -> new Effort(1, 5, 4);
				default -> throw new IllegalArgumentException(
						"Unknown arguments '" + String.join(" ", arguments) + "': give none, or --quick");
			};
		}

	}

}
