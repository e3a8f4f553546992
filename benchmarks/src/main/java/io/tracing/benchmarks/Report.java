// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.tracing.benchmarks.bridge.BridgeReport;
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
 * variant alone. Here each round has one fork of each variant, and where no server takes
 * part they all run at the same time and take {@link Turns}: what disturbs one disturbs
 * all.
 */
public final class Report {

	private final Effort effort;

	private final Set<Section.Broker> brokers;

	private final Path turns;

	private Report(Effort effort, Set<Section.Broker> brokers, Path turns) {
		this.effort = effort;
		this.brokers = brokers;
		this.turns = turns;
	}

	/**
	 * Run the benchmarks.
	 * @param arguments {@code --quick} for a first impression; {@code --kafka},
	 * {@code --nats} or {@code --bridge} for only that
	 * @throws Exception if a benchmark fails
	 */
	public static void main(String[] arguments) throws Exception {
		Effort effort = new Effort(4, 5, 8);
		Set<Section.Broker> brokers = EnumSet.noneOf(Section.Broker.class);
		boolean bridge = false;
		for (String argument : arguments) {
			switch (argument) {
				case "--quick" -> effort = new Effort(1, 5, 4);
				case "--kafka" -> brokers.add(Section.Broker.KAFKA);
				case "--nats" -> brokers.add(Section.Broker.NATS);
				case "--bridge" -> bridge = true;
				default -> throw new IllegalArgumentException(
						"Unknown argument '" + argument + "': there are --quick, --kafka, --nats and --bridge");
			}
		}
		boolean all = brokers.isEmpty() && !bridge;
		if (bridge || all) {
			BridgeReport.run(effort.measurements);
		}
		if (all) {
			brokers = EnumSet.allOf(Section.Broker.class);
		}
		if (brokers.isEmpty()) {
			return;
		}
		// JMH's own lock on the machine, which would let one fork alone start.
		System.setProperty("jmh.ignoreLock", "true");
		Path turns = Files.createTempFile("turns", ".lock");
		try {
			new Report(effort, brokers, turns).run();
		}
		finally {
			Files.delete(turns);
		}
	}

	private void run() throws Exception {
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

	private void measure(Section section, int round, CostTable table) throws Exception {
		List<Variant> variants = order(round).stream().filter((variant) -> section.measures(variant, round)).toList();
		ExecutorService forks = Executors
			.newFixedThreadPool(section.broker().runsInTurns() ? Math.max(1, variants.size()) : 1);
		try {
			Map<Variant, Future<List<Cost>>> measured = new LinkedHashMap<>();
			variants.forEach((variant) -> measured.put(variant, forks.submit(() -> measure(section, variant))));
			for (Map.Entry<Variant, Future<List<Cost>>> fork : measured.entrySet()) {
				List<Cost> costs = fork.getValue().get();
				table.add(fork.getKey(), costs);
				progress(round, section, fork.getKey(), Cost.typical(costs));
			}
		}
		finally {
			forks.shutdownNow();
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
			.jvmArgs("-Xms512m", "-Xmx512m")
			.warmupIterations(this.effort.warmups)
			.warmupTime(TimeValue.seconds(section.broker().warmupSeconds()))
			.measurementIterations(this.effort.measurements + 1)
			.measurementTime(TimeValue.milliseconds(300))
			.addProfiler(Turns.class, this.turns.toString())
			.addProfiler(GCProfiler.class)
			.addProfiler(ProcessorTime.class)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT)
			.build();
		return new Runner(options).runSingle()
			.getBenchmarkResults()
			.stream()
			.flatMap((fork) -> fork.getIterationResults().stream())
			// The last one ends with the benchmark's threads, which take the knowledge
			// of their time with them.
			.limit(this.effort.measurements)
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
