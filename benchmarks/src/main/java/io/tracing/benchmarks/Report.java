// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

	private final Effort effort;

	private final Set<Section.Broker> brokers;

	private Report(Effort effort, Set<Section.Broker> brokers) {
		this.effort = effort;
		this.brokers = brokers;
	}

	/**
	 * Run the benchmarks.
	 * @param arguments {@code --quick} for a first impression, {@code --kafka} or
	 * {@code --nats} for only the one
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] arguments) throws RunnerException {
		Effort effort = new Effort(4, 5, 8);
		Set<Section.Broker> brokers = EnumSet.noneOf(Section.Broker.class);
		for (String argument : arguments) {
			switch (argument) {
				case "--quick" -> effort = new Effort(1, 5, 4);
				case "--kafka" -> brokers.add(Section.Broker.KAFKA);
				case "--nats" -> brokers.add(Section.Broker.NATS);
				default -> throw new IllegalArgumentException(
						"Unknown argument '" + argument + "': there are --quick, --kafka and --nats");
			}
		}
		new Report(effort, brokers.isEmpty() ? EnumSet.allOf(Section.Broker.class) : brokers).run();
	}

	private void run() throws RunnerException {
		Map<Section, CostTable> tables = new EnumMap<>(Section.class);
		for (int round = 1; round <= this.effort.rounds; round++) {
			for (Section section : Section.values()) {
				if (this.brokers.contains(section.broker())) {
					measure(section, round, tables.computeIfAbsent(section, CostTable::new));
				}
			}
		}
		tables.forEach((section, table) -> System.out.printf("%n### %s%n%n%s", section.title(), table.toMarkdown()));
	}

	private void measure(Section section, int round, CostTable table) throws RunnerException {
		for (Variant variant : order(round)) {
			if (section.measures(variant, round)) {
				List<Cost> costs = measure(section, variant);
				table.add(variant, costs);
				progress(round, section, variant, Cost.typical(costs));
			}
		}
	}

	private void progress(int round, Section section, Variant variant, Cost cost) {
		System.out.printf("round %d of %d, %s, %s: %,.0f ns, %,.0f ns of the processor, %,.0f B%n", round,
				this.effort.rounds, section.title(), variant.id(), cost.nanoseconds(), cost.processorNanoseconds(),
				cost.bytes());
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
		Options options = new OptionsBuilder().include(section.pattern())
			.param("tracing", variant.id())
			.forks(1)
			.jvmArgs("-Xms1g", "-Xmx1g")
			.warmupIterations(this.effort.warmups)
			.warmupTime(TimeValue.seconds(section.broker().warmupSeconds()))
			.measurementIterations(this.effort.measurements)
			.measurementTime(TimeValue.milliseconds(300))
			.addProfiler(GCProfiler.class)
			.addProfiler(ProcessorTime.class)
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
		return new Cost(iteration.getPrimaryResult().getScore(), secondary(iteration, ProcessorTime.LABEL),
				secondary(iteration, "gc.alloc.rate.norm"));
	}

	private static double secondary(IterationResult iteration, String label) {
		return iteration.getSecondaryResults().get(label).getScore();
	}

	/**
	 * How much is measured.
	 *
	 * @param rounds how many forks of each variant
	 * @param warmups how many iterations each gets to warm up
	 * @param measurements how many measurements each gives
	 */
	private record Effort(int rounds, int warmups, int measurements) {
	}

}
