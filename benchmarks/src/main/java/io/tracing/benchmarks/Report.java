// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
 * variant alone. Here each round has one fork of each variant, all at the same time, and
 * they take {@link Turns} of a tenth of a second: what disturbs one disturbs all.
 */
public final class Report {

	private static final List<Section> SECTIONS = List.of(new Section("Send", "SendBenchmark.send", true),
			new Section("Send within a span", "SendBenchmark.sendInSpan", false),
			new Section("Processed record", "ProcessBenchmark.process", true),
			new Section("Processed record of a batch", "BatchBenchmark.process", true));

	private final Effort effort;

	private final Path turns;

	private Report(Effort effort, Path turns) {
		this.effort = effort;
		this.turns = turns;
	}

	/**
	 * Run the benchmarks.
	 * @param arguments {@code --quick} for a first impression, else nothing
	 * @throws Exception if a benchmark fails
	 */
	public static void main(String[] arguments) throws Exception {
		Effort effort = Effort.of(arguments);
		// JMH's own lock on the machine, which would let one fork alone start.
		System.setProperty("jmh.ignoreLock", "true");
		Path turns = Files.createTempFile("turns", ".lock");
		try {
			new Report(effort, turns).run();
		}
		finally {
			Files.delete(turns);
		}
	}

	private void run() throws Exception {
		Map<Section, CostTable> tables = new LinkedHashMap<>();
		for (int round = 1; round <= this.effort.rounds; round++) {
			for (Section section : SECTIONS) {
				CostTable table = tables.computeIfAbsent(section, (key) -> new CostTable());
				runSideBySide(round, section, table);
			}
		}
		tables.forEach((section, table) -> System.out.printf("%n### %s%n%n%s", section.title, table.toMarkdown()));
	}

	private void runSideBySide(int round, Section section, CostTable table) throws Exception {
		List<Variant> variants = variants(round, section);
		if (variants.isEmpty()) {
			return;
		}
		System.out.printf("round %d of %d, %s: %d variants in turns%n", round, this.effort.rounds, section.title,
				variants.size());
		ExecutorService forks = Executors.newFixedThreadPool(variants.size());
		try {
			Map<Variant, Future<List<Cost>>> measured = new LinkedHashMap<>();
			variants.forEach((variant) -> measured.put(variant, forks.submit(() -> measure(section, variant))));
			for (Variant variant : variants) {
				List<Cost> costs = measured.get(variant).get();
				table.add(variant, costs);
				progress(round, section, variant, Cost.typical(costs));
			}
		}
		finally {
			forks.shutdownNow();
		}
	}

	private void progress(int round, Section section, Variant variant, Cost cost) {
		System.out.printf("round %d of %d, %s, %s: %,.0f ns, %,.0f B%n", round, this.effort.rounds, section.title,
				variant.id(), cost.nanoseconds(), cost.bytes());
	}

	/**
	 * Those to measure in a round. One round shows what a side aspect costs; what is
	 * compared gets them all.
	 */
	private static List<Variant> variants(int round, Section section) {
		return Arrays.stream(Variant.values())
			.filter((variant) -> round == 1 || (section.compared && variant.compared()))
			.toList();
	}

	/**
	 * Run one fork, which takes turns with those of the other variants.
	 * @return the cost in each of its iterations
	 */
	private List<Cost> measure(Section section, Variant variant) throws RunnerException {
		Options options = new OptionsBuilder().include(section.benchmark + "$")
			.param("tracing", variant.id())
			.forks(1)
			.jvmArgs("-Xms512m", "-Xmx512m")
			.warmupIterations(this.effort.warmups)
			.warmupTime(TimeValue.milliseconds(500))
			.measurementIterations(this.effort.measurements)
			.measurementTime(TimeValue.milliseconds(100))
			.addProfiler(Turns.class, this.turns.toString())
			.addProfiler(CpuTime.class)
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
		return new Cost(iteration.getSecondaryResults().get(CpuTime.RESULT).getScore(),
				iteration.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
	}

	private record Section(String title, String benchmark, boolean compared) {
	}

	private record Effort(int rounds, int warmups, int measurements) {

		static Effort of(String[] arguments) {
			return switch (String.join(" ", arguments)) {
				case "" -> new Effort(4, 16, 24);
				case "--quick" -> new Effort(1, 8, 12);
				default -> throw new IllegalArgumentException(
						"Unknown arguments '" + String.join(" ", arguments) + "': give none, or --quick");
			};
		}

	}

}
